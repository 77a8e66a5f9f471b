// The parameter with what a deploy has found out about AWS: made empty, filled by the check at the end of a deploy.
import type { Aws } from '../aws/clients.ts'
import { type Findings, type FindingsDocument, parseFindings } from '../core/parameters/findings.ts'
import { names, type Place } from '../names.ts'
import { type ReadTexts, readTexts, replaceParameter, stageDocument } from './parameter.ts'

export const findings = (place: Place, readAll: ReadTexts = readTexts) =>
  stageDocument<FindingsDocument>(
    place,
    {
      kind: 'findings',
      name: names.findings(place.stage),
      parse: parseFindings,
      empty: '(nothing found out yet)',
    },
    readAll,
  )

/** Adds to what is there; nothing where it is gone, or not ours. */
export async function noteFindings(aws: Aws, found: Findings): Promise<void> {
  const { stage } = aws.place
  const have = await findings(aws.place).read(aws, {})
  if (!have?.isOurs) return
  const text = JSON.stringify({ ...have.document, ...found, stage })
  await replaceParameter(aws, { name: names.findings(stage), type: 'String', text })
}
