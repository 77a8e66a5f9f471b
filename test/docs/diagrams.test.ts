// The pictures that are drawn from the code, as Mermaid within the pages (`npm run docs` draws them anew).
import { expect, it } from 'vitest'
import { dataFlow } from './diagrams/data.ts'
import { deployRounds, resourceMap } from './diagrams/resources.ts'
import { signInSequence } from './diagrams/sequence.ts'
import { challengeStates } from './diagrams/states.ts'
import { withFigures } from './figures.ts'
import { read } from './markdown.ts'

const fence = (diagram: string) => `\`\`\`mermaid\n${diagram}\n\`\`\``

it.each([
  [
    'docs/architecture.md',
    async () => ({
      resources: resourceMap(),
      deployment: deployRounds(),
      data: dataFlow(),
      'sign-in': await signInSequence(),
    }),
  ],
  ['docs/challenge.md', async () => ({ states: await challengeStates() })],
])('%s has the pictures of the code', async (page, draw) => {
  const drawn = Object.entries<string>(await draw()).map(([name, text]) => [name, fence(text)])
  await expect(withFigures(read(page), Object.fromEntries(drawn))).toMatchFileSnapshot(`../../${page}`)
})
