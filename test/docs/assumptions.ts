// The page of assumptions, made of the table.
import type { Assumption } from '../../src/assumptions.ts'

const cell = (text: string) => text.replaceAll('|', '\\|')

export function assumptionsPage(assumptions: readonly Assumption[]): string {
  const rows = assumptions.map(({ id, matter, ways, does, learns }) => {
    const lines = Object.entries(ways).map(([way, means]) => `\`${way}\`: ${means}`)
    return `| \`${id}\` | ${[matter, lines.join('<br>'), does, learns].map(cell).join(' | ')} |`
  })
  return `# What is assumed of AWS and SendZen

Some of what this tool builds on is documented nowhere, or in two ways. Here is every such matter: the ways it may be, the usual assumption first, what the tool does so that all of them are fine, and how it learns which one it is. The sandbox plays each: \`whatsapp-otp dev --world standInName=changing\`, or \`startSandbox({ world: { standInName: 'changing' } })\`. The whole life of a stage and the flows of sign-in pass in every single deviation: [test/worlds](../test/worlds).

| Name | Matter | Ways | What the tool does | How it learns |
|---|---|---|---|---|
${rows.join('\n')}
`
}
