// `npm run live`: settles on a real account what nobody outside AWS and SendZen knows, and removes all it made.
import { randomInt, randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { Command, CommanderError } from 'commander'
import writeFileAtomic from 'write-file-atomic'
import { callLimits } from '../aws/calls.ts'
import { open } from '../commands/frame/open.ts'
import { AppError, type ExitCode, exitCodes, usageError } from '../errors.ts'
import { parsePhone } from '../settings/phone.ts'
import { readSources, targetOf } from '../settings/sources.ts'
import { openStage } from '../stage/stage.ts'
import { showError } from '../terminal/error-view.ts'
import type { Io } from '../terminal/io.ts'
import { createOutput } from '../terminal/output.ts'
import { createPrompts } from '../terminal/prompt.ts'
import { challengeLine, codeQuestion } from '../views/challenge-view.ts'
import { createTasks } from '../views/tasks.ts'
import { costLine } from './cost.ts'
import { markdownOf } from './markdown.ts'
import { probes } from './probes/list.ts'
import { deviationsIn, forReaders, type LiveReport, verdictOf } from './report.ts'
import { failureOf, type LiveTalk, runLive, stagePart } from './run.ts'
import type { Leftover } from './scene/made.ts'

interface Flags {
  region?: string
  profile?: string
  phone?: string
  sms?: true
  yes?: true
  out: string
  only?: string[]
}

/** What a test has otherwise: how slow the slow function is, and the name of the stage. */
export interface LiveIo extends Io {
  slowMs?: number
  stage?: string
}

/** Longer than Cognito's five seconds. */
const slowMs = 7_000

/** Cognito answers after all attempts of a trigger that does not. */
const patient = { ...callLimits, attemptMs: 70_000, boundMs: 150_000 }

/** Runs one command line and resolves to its exit code. Never throws, never leaves the process. */
export async function live(argv: string[], io: LiveIo): Promise<ExitCode> {
  const output = createOutput({
    stdout: io.stdout,
    stderr: io.stderr,
    env: io.env,
    interactive: !io.env.CI && Boolean(io.stdin.isTTY && io.stderr.isTTY),
  })
  const abort = new AbortController()
  let left = (): Leftover[] => []
  const interrupt = () => {
    if (!abort.signal.aborted) {
      output.say('\nEnding: what was made is removed now. Ctrl-C again leaves at once and says what is left.')
      return abort.abort()
    }
    for (const { what, id, command } of left()) output.say(`left: ${what} ${id}\n  ${command}`)
    io.leave(exitCodes.cancelled)
  }
  io.signals.on('SIGINT', interrupt)
  io.signals.on('SIGTERM', interrupt)
  try {
    const flags = flagsOf(argv, io)
    if (!flags) return exitCodes.done
    const phone = flags.phone === undefined ? undefined : parsePhone(flags.phone)
    output.hide(phone)
    const stageName = io.stage ?? `live-${randomName()}`
    const sources = await readSources({ ...flags, stage: stageName }, io.env, io.cwd)
    const target = targetOf(sources)
    const prompts = createPrompts({ io, output, signal: abort.signal })
    const tasks = createTasks(output, io.clock)
    const { clock } = io
    const limits = io.limits ?? patient
    const first = await open({
      sources,
      target,
      output,
      tasks,
      prompts,
      clock,
      signal: abort.signal,
      io: { limits },
    })
    // Asked for once: an MFA device is, too.
    const { credentials } = first.aws.sts.config
    const talk: LiveTalk = {
      ...tasks,
      warn: output.warn,
      async agree(estimate, leftOut) {
        output.say(
          `Makes the stage ${stageName} and pools, a function and a role of its own beside it; removes them all.`,
        )
        output.say(costLine(estimate))
        for (const what of leftOut) output.say(`Left out: ${what}`)
        if (flags.yes) return
        if (!(await prompts.confirm({ message: 'Begin?', flag: '--yes' }))) {
          throw usageError('DECLINED', 'Nothing was made', { why: 'the question was answered with no' })
        }
      },
      watch: (all) => {
        left = all
      },
      found: ({ matter, way, why, evidence }) =>
        output.say(`  ${matter}: ${way ?? `not settled, ${why}`}${evidence && ` (${evidence})`}`),
      answer: prompts.interactive
        ? (parameters) => {
            output.say(challengeLine(parameters))
            return prompts.text({ message: codeQuestion(parameters) })
          }
        : undefined,
    }
    const report = await runLive(
      first,
      {
        open: (signal, tier) =>
          openStage({
            sources: tier ? { ...sources, settings: { userPoolTier: tier } } : sources,
            target,
            clock,
            signal,
            credentials,
            limits,
            onWait: tasks.wait,
          }),
        only: flags.only ?? [],
        phone,
        texts: flags.sms === true,
        runId: randomUUID(),
        slowMs: io.slowMs ?? slowMs,
        signal: abort.signal,
      },
      talk,
    )
    await write(resolve(io.cwd, flags.out), forReaders(report))
    show(report)
    const failure = failureOf(report)
    if (failure) throw failure
    return exitCodes.done
  } catch (error) {
    return showError(error, output, { debug: io.env.DEBUG !== undefined })
  } finally {
    io.signals.off('SIGINT', interrupt)
    io.signals.off('SIGTERM', interrupt)
  }

  async function write(base: string, report: LiveReport): Promise<void> {
    try {
      await writeFileAtomic(`${base}.md`, output.redacted(markdownOf(report)))
      await writeFileAtomic(`${base}.json`, output.redacted(`${JSON.stringify(report, null, 2)}\n`))
    } catch (cause) {
      output.data(markdownOf(report))
      throw new AppError('FILE_NOT_WRITTEN', `The report could not be written to ${base}.md`, {
        why: `${(cause as Error).message}; it is printed instead`,
        cause,
      })
    }
    output.say(`\nThe report is in ${base}.md and ${base}.json: nothing in it names the account or a number.`)
  }

  function show(report: LiveReport): void {
    const open = report.findings.filter((finding) => verdictOf(finding) === 'open').length
    const deviations = deviationsIn(report).map(({ matter, way }) => `${matter}=${way}`)
    output.data(`settled ${report.findings.length - open} of ${report.findings.length} matters`)
    output.data(`other than assumed: ${deviations.join(', ') || 'nothing'}`)
  }
}

/** Four letters and digits, none of which looks like another. */
function randomName(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789'
  return Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
}

/** Undefined where the help was all that was wanted. Throws a usage error. */
function flagsOf(argv: string[], io: Io): Flags | undefined {
  const known = [...probes.map(({ matter }) => matter), stagePart]
  const program = new Command('npm run live --')
    .description(
      'Settles on a real account what nobody outside AWS and SendZen knows: deploys a throw-away stage, asks AWS, removes everything, and writes a report that is fit for an issue.',
    )
    .option('--region <region>', 'where to make it (else AWS_REGION or the profile)')
    .option('--profile <name>', 'AWS profile')
    .option('--phone <number>', 'a phone with WhatsApp: signs it up and in, and sends it two messages')
    .option('--sms', 'send that number one text message, too')
    .option('--yes', 'begin without a question')
    .option('--out <file>', 'where the report goes, without its ending', 'live-report')
    .option('--only <matter>', 'settle only this; again for several', (one, all: string[] = []) => [
      ...all,
      one,
    ])
    .helpOption('-h, --help', 'show help')
    .addHelpText(
      'after',
      `\nMatters: ${known.join(', ')}\n\nAccount, sender and template come from the environment or .env, as for a deploy:\nSENDZEN_API_KEY, WHATSAPP_FROM, WHATSAPP_TEMPLATE_NAME, ALLOWED_COUNTRIES.\n`,
    )
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: () => {} })
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return undefined
    const message = error.message.replace(/^error: ./, (text) => text.slice(-1).toUpperCase())
    throw usageError('USAGE', message, { next: ['npm run live -- --help'], cause: error })
  }
  const flags = program.opts<Flags>()
  const unknown = flags.only?.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw usageError('USAGE', `There is no matter «${unknown}»`, { why: `they are ${known.join(', ')}` })
  }
  return flags
}
