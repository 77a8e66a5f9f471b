// What CloudWatch is asked for when somebody looks for a number.
import { expect, it } from 'vitest'
import type { Aws } from '../../src/aws/clients.ts'
import { askedFor } from '../../src/commands/frame/log-wish.ts'
import { readLogs } from '../../src/insight/logs.ts'

it.each(['+15550100055', ' +1 (555) 010-0055'])('%s goes nowhere but into a hash', async (filter) => {
  const asked: unknown[] = []
  const logs = {
    send: async ({ input }: { input: unknown }) => {
      asked.push(input)
      return {}
    },
  }
  const aws = { logs, place: { stage: 'dev' } } as unknown as Aws
  const context = { flags: { filter }, clock: { now: () => 0 }, output: { redacted: (text: string) => text } }
  const { phone, ...wish } = askedFor(context as never, 'create')
  expect([phone, wish.text]).toEqual(['+15550100055', undefined])
  for await (const _ of readLogs(aws, { ...wish, numbers: ['abc', 'def'] }));
  expect(asked).toMatchObject([{ filterPattern: '?"abc" ?"def"' }])
})
