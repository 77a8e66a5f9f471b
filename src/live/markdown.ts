// The report as Markdown, to be pasted into an issue as it is.
import { assumptions } from '../assumptions.ts'
import { duration } from '../terminal/layout.ts'
import { deviationsIn, type LiveReport, type Settled, verdictOf } from './report.ts'

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

export function markdownOf(report: LiveReport): string {
  const { at, region, account, toolVersion, node, ms, findings, stage, leftovers, proof, ended } = report
  const settled = findings.filter((finding) => verdictOf(finding) !== 'open')
  const open = findings.filter((finding) => verdictOf(finding) === 'open')
  const deviations = deviationsIn(report)
  const lines = [
    report.emulator
      ? '# whatsapp-otp on an emulator: nothing of this is AWS'
      : '# whatsapp-otp on a real account',
    '',
    `${at}, ${region}, account ${account}, whatsapp-otp ${toolVersion}, Node ${node}, ${duration(ms)}.`,
    ...(ended ? ['', `The run ended early: ${ended}.`] : []),
    '',
    deviations.length > 0
      ? `Other than assumed: ${deviations.map(({ matter, way }) => `\`${matter}=${way}\``).join(', ')}.`
      : settled.length > 0
        ? 'Everything that was settled is as it is assumed.'
        : 'Nothing was settled.',
    '',
    '## Settled',
    '',
    '| Matter | Way | Evidence |',
    '|---|---|---|',
    ...settled.map((finding) => {
      const way = verdictOf(finding) === 'deviates' ? `**${finding.way}**` : finding.way
      return `| ${titleOf(finding)} | ${way} | ${cell(finding.evidence)} |`
    }),
    '',
    '## Not settled',
    '',
    ...(open.length > 0
      ? ['| Matter | Why | Seen |', '|---|---|---|', ...open.map(openRow)]
      : ['Nothing is left open.']),
    '',
    '## The stage',
    '',
    ...stage.did.map((text) => `- ${text}`),
    ...(stage.leftOut ? [`- Left out: ${stage.leftOut}`] : []),
    ...(stage.failed ? [`- **Failed**: ${stage.failed}`] : []),
    '',
    '## Removed',
    '',
    ...proof.map((text) => `- ${text}`),
    ...leftovers.map(
      ({ what, id, why, command }) => `- **Still there**: ${what} ${id} (${why}): \`${command}\``,
    ),
  ]
  return `${lines.join('\n').replace(/\n{3,}/g, '\n\n')}\n`
}

const openRow = (finding: Settled) =>
  `| ${titleOf(finding)} | ${cell(finding.why ?? '')} | ${cell(finding.evidence)} |`

function titleOf({ matter }: Settled): string {
  const known = assumptions.find(({ id }) => id === matter)
  return cell(`\`${matter}\` ${known?.matter ?? ''}`.trim())
}
