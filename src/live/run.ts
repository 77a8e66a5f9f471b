// A run: refuse what is taken, say what it costs, probe, live a stage's life, remove everything, prove it, report.
import { foreignOf } from '../aws/endpoints.ts'
import type { AppError } from '../errors.ts'
import { cancelled } from '../errors.ts'
import type { OpenStage } from '../stage/stage.ts'
import { count } from '../terminal/layout.ts'
import { version } from '../version.ts'
import { type Estimate, estimate } from './cost.ts'
import { asError, reasonOf } from './failures.ts'
import { probes } from './probes/list.ts'
import { type LiveReport, maskedAccount, type StageFindings } from './report.ts'
import type { Leftover } from './scene/made.ts'
import type { Need, Probe } from './scene/probe.ts'
import { findStrays } from './scene/proof.ts'
import { Scene } from './scene/scene.ts'
import { openGate } from './scene/things.ts'
import { sendingOf } from './sending.ts'
import { deployStage, refuseTaken, removeStage, type StageTalk, signInToStage } from './stage.ts'

/** The part that is no probe, for `--only`. */
export const stagePart = 'stage'

export interface LiveOptions {
  /** Opens the throw-away stage again; a tier goes before what the settings say. */
  open(signal: AbortSignal, tier?: string): Promise<OpenStage>
  /** Names of matters, or `stage`; everything where it is empty. */
  only: readonly string[]
  /** E.164. */
  phone: string | undefined
  /** A text message may be sent to it. */
  texts: boolean
  /** Of this run alone. */
  runId: string
  slowMs: number
  /** Aborted by the first Ctrl-C: nothing new is begun, and what was made is removed. */
  signal: AbortSignal
}

export interface LiveTalk extends StageTalk {
  /** Throws where the user does not want it. */
  agree(estimate: Estimate, leftOut: readonly string[]): Promise<void>
  /** Told what would be left if everything ended now; called again by whoever has to leave at once. */
  watch(left: () => Leftover[]): void
  found(finding: LiveReport['findings'][number]): void
}

/**
 * `first` is the throw-away stage, whose name nobody has. Throws, with nothing made, LIVE_NAME_TAKEN and what
 * `agree` throws. Whatever goes wrong later is a part of the report.
 */
export async function runLive(first: OpenStage, options: LiveOptions, talk: LiveTalk): Promise<LiveReport> {
  const { signal, runId, slowMs, only, texts } = options
  const { clock, place } = first.aws
  const started = clock.now()
  const { sending, why: whyNoMessage } = sendingOf(first, options.phone)
  const missing: Partial<Record<Need, string>> = {
    ...(sending ? {} : { message: whyNoMessage }),
    ...(texts && options.phone ? {} : { sms: 'no text message is sent without --sms and --phone' }),
  }
  const asked = probes.filter(({ matter }) => only.length === 0 || only.includes(matter))
  const able = asked.filter(({ needs }) => missing[needs] === undefined)
  const stage: StageFindings = { did: [] }
  if (only.length > 0 && !only.includes(stagePart)) stage.leftOut = 'it was not asked for (--only)'
  else if (!sending && whyNoMessage.startsWith('Missing')) stage.leftOut = whyNoMessage
  const toDeploy = !stage.leftOut
  await talk.run('Look whether the name is free', () => refuseTaken(first, { toDeploy }))
  const phone = talk.answer ? options.phone : undefined
  const withSignIn = toDeploy && phone !== undefined
  const leftOut = [
    ...(stage.leftOut ? [`the stage: ${stage.leftOut}`] : []),
    ...(toDeploy && !withSignIn
      ? [`the sign-in: ${options.phone ? 'nobody can type the code' : 'no --phone'}`]
      : []),
    ...asked.flatMap(({ matter, needs }) => (missing[needs] ? [`${matter}: ${missing[needs]}`] : [])),
  ]
  await talk.agree(estimate(able, { withStage: toDeploy, withSignIn }), leftOut)

  openGate(first.aws)
  const prefix = `whatsapp-otp-${first.target.stage}`
  const scene = new Scene({ aws: first.aws, prefix, runId, slowMs, phone: options.phone, sending, texts })
  const report: LiveReport = {
    schemaVersion: 1,
    at: new Date(started).toISOString(),
    toolVersion: version(),
    node: process.versions.node,
    region: place.region,
    emulator: foreignOf(first.aws.addresses).length > 0,
    account: maskedAccount(place.account),
    findings: [],
    stage,
    leftovers: [],
    proof: [],
    ms: 0,
  }
  const own = stageThing(first)
  let stageMade = false
  talk.watch(() => [...scene.made.left, ...(stageMade ? [own('not removed yet')] : [])])
  const did = (what: string) => void stage.did.push(what)
  const note = (finding: LiveReport['findings'][number]) => {
    report.findings.push(finding)
    talk.found(finding)
  }

  try {
    for (const probe of asked) note(await settle(probe, missing[probe.needs], scene, options, talk))
    if (toDeploy && !signal.aborted) {
      const isLiteRefused = report.findings.some(
        ({ matter, way }) => matter === 'liteTriggers' && way === 'refused',
      )
      const tier = isLiteRefused ? 'ESSENTIALS' : undefined
      const begins = () => {
        stageMade = true
      }
      await deployStage(await options.open(signal, tier), talk, { begins, did })
      await signInToStage(await options.open(signal, tier), phone, talk, did)
    }
  } catch (error) {
    if (signal.aborted) report.ended = 'by Ctrl-C'
    else stage.failed = reasonOf(error)
  }
  if (signal.aborted) report.ended = 'by Ctrl-C'
  await removeAll()
  report.ms = clock.now() - started
  return report

  async function removeAll(): Promise<void> {
    const made = scene.made.left.length
    const { leftovers, proof } = report
    try {
      // The signal of the run is spent after Ctrl-C.
      const last = await options.open(new AbortController().signal)
      if (stageMade) {
        const proven = await removeStage(last, talk).catch((error) => {
          leftovers.push(own(reasonOf(error)))
          return undefined
        })
        if (proven) proof.push(proven)
        stageMade = leftovers.length > 0
      }
      openGate(last.aws)
      const left = await talk.run('Remove what the probes made', () => scene.made.removeAll(last.aws))
      leftovers.push(...left)
      const strays = await talk.run('Look for what bears its name', () =>
        findStrays(last.aws, scene.mark, prefix),
      )
      leftovers.push(...strays.filter(({ id }) => !left.some((one) => one.id === id)))
      if (made > 0 && left.length + strays.length === 0) {
        proof.push(
          `what the probes made: ${count(made, 'thing')}, each removed and read again; no user pool and no log group bears their names`,
        )
      }
    } catch (error) {
      const why = reasonOf(error)
      const known = new Set(leftovers.map(({ id }) => id))
      const left = [...scene.made.left, ...(stageMade ? [own('')] : [])].filter(({ id }) => !known.has(id))
      leftovers.push(...left.map((one) => ({ ...one, why })))
      if (left.length === 0) proof.push(`not proven by lists: ${why}`)
    }
  }
}

/** Runs one probe; whatever goes wrong is its finding. */
async function settle(
  probe: Probe,
  missing: string | undefined,
  scene: Scene,
  { signal }: LiveOptions,
  talk: LiveTalk,
): Promise<LiveReport['findings'][number]> {
  const { matter } = probe
  if (missing !== undefined) return { matter, evidence: '', why: missing }
  if (signal.aborted) return { matter, evidence: '', why: 'the run was ended before' }
  try {
    return { matter, ...(await talk.run(`Settle ${matter}`, () => probe.run(scene))) }
  } catch (error) {
    return { matter, evidence: '', why: reasonOf(error) }
  }
}

const stageThing =
  ({ target, aws }: OpenStage) =>
  (why: string): Leftover => ({
    what: 'stage',
    id: target.stage,
    why,
    command: `npx whatsapp-otp destroy --stage ${target.stage} --region ${aws.place.region}`,
  })

/** How a run ends for whoever started it: undefined where all is well. */
export function failureOf({ leftovers, ended, stage }: LiveReport): AppError | undefined {
  if (leftovers.length > 0) return asError(leftovers)
  if (ended) return cancelled(`${ended}; everything that was made is removed`)
  return stage.failed === undefined ? undefined : asError(stage.failed)
}
