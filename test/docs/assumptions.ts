// The page of assumptions, made of the table.
import type { Assumption } from '../../src/assumptions.ts'
import { costLine, estimate } from '../../src/live/cost.ts'
import { probes } from '../../src/live/probes/list.ts'

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

${settling}`
}

const everything = estimate(probes, { withStage: true, withSignIn: true })

const settling = `## Settling them

With a real account, all of it in one command, in a checkout:

\`\`\`sh
npm ci
npm run live -- --region eu-central-1 --phone +4915112345678
\`\`\`

It makes a throw-away stage of a name that nothing bears (\`live-\` and four characters), and beside it, with the same name in theirs, user pools, one function, its role and its log group. It asks each matter by the fewest calls, deploys the stage, signs the phone up and in, removes everything, and reads again to prove that nothing is left. Every one of these resources is tagged with an id of the run, and only what bears it, or what answered to its making, is removed; anything else stays, whatever its name. Ctrl-C and failures end with the same removal, and what could not be removed is told with its command. It takes a few minutes.

- **What it needs**: credentials that may make and remove roles, functions, log groups and user pools of any name, beside what \`whatsapp-otp policy\` prints: an account for trials is the best place. For the stage and its messages SENDZEN_API_KEY, WHATSAPP_FROM, WHATSAPP_TEMPLATE_NAME and ALLOWED_COUNTRIES as for any deploy, from the environment or \`.env\`. What is missing is left out, and said.
- **What it sends**: nothing without \`--phone\`. With it two messages: a test with the code 000000, and the code of the sign-in, which is asked for on the terminal. With \`--sms\` one text message, too. All other numbers are such as nobody can have.
- **What it costs**: it says so before it begins, and asks. All of it: ${costLine(everything).replace(/^A/, 'a')}.
- **What comes out**: \`live-report.md\` and \`live-report.json\` (\`--out\` names another): each matter with the way it is and the evidence, or why it could not be settled. No secret, no number, no account and no id is in it: please put it into an issue, above all where it says «other than assumed».

\`--only <matter>\` settles one, \`--only stage\` deploys and removes the stage alone, \`--yes\` asks nothing. Against the sandbox (\`AWS_ENDPOINT_URL\`) it names what the sandbox plays, which its tests hold it to.
`
