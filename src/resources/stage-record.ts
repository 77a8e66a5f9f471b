// The stage record: an SSM parameter that says what was deployed, written last and removed last.
import { paginateGetParametersByPath } from '@aws-sdk/client-ssm'
import * as z from 'zod'
import type { Aws } from '../aws/clients.ts'
import { finish } from '../engine/refusal.ts'
import { type Change, change, type FormerTriggers, type Resource } from '../engine/resource.ts'
import { AppError } from '../errors.ts'
import { names, type Place, triggerNames } from '../names.ts'
import { takesSignUps } from '../settings/borrowed-pool.ts'
import { isSecret, type Settings, settingKeys, textOf } from '../settings/schema.ts'
import { isNewer } from '../version.ts'
import {
  createParameter,
  hasOurTags,
  parameterPermissions,
  readText,
  removeParameter,
  replaceParameter,
  tagParameter,
} from './parameter.ts'

const schemaVersion = 1

/** What the record of an older version lacks is empty until the next deploy writes it. */
const recordSchema = z.object({
  schemaVersion: z.number(),
  toolVersion: z.string(),
  stage: z.string(),
  account: z.string().default(''),
  region: z.string().default(''),
  userPoolId: z.string().default(''),
  signupClientId: z.string().default(''),
  loginClientId: z.string().default(''),
  /** ISO 8601. */
  createdAt: z.string().default(''),
  /** In a pool of others: what Cognito called before, by trigger, and is to call again when the stage goes. */
  formerTriggers: z.record(z.string(), z.string().nullable().optional()).default({}),
  /** Without secrets; read back through the checks of the settings' own table. */
  settings: z.record(z.string(), z.unknown()).default({}),
})

export type StageRecord = z.output<typeof recordSchema>

/** Ids are undefined while they are not known; `createdAt` is given when the record is first written. */
type Want = Pick<StageRecord, 'toolVersion' | 'stage' | 'account' | 'region'> & {
  ids: Record<(typeof idKeys)[number], string | undefined>
  formerTriggers: FormerTriggers
  settings: Settings
}

export interface RecordHave {
  record: StageRecord
  isOurs: boolean
}

const idKeys = ['userPoolId', 'signupClientId', 'loginClientId'] as const

/** `others` are the ids of all other resources: the record is true only once they are done. */
export function stageRecord(place: Place, others: readonly string[]): Resource<Want, RecordHave> {
  const name = names.record(place.stage)
  const type = 'String' as const

  const self: Resource<Want, RecordHave> = {
    kind: 'record',
    id: 'record',
    name,
    needs: others,
    removeAfter: others.filter((id) => id !== 'table'),
    permissions: parameterPermissions(place, name),

    want: ({ settings, version }, refs) => ({
      toolVersion: version,
      stage: place.stage,
      account: place.account,
      region: place.region,
      ids: {
        userPoolId: refs.userPoolId,
        signupClientId: takesSignUps(settings) ? refs.signupClientId : '',
        loginClientId: refs.loginClientId,
      },
      formerTriggers: refs.formerTriggers ?? {},
      settings,
    }),

    read: readRecordHave,
    isOurs: (have) => have.isOurs,
    diff,

    async create(aws, want) {
      const record = { ...contentOf(want), createdAt: isoNow(aws) }
      const input = { name, type, text: JSON.stringify(record) }
      const there = await createParameter(aws, input, () => readRecordHave(aws))
      return there ? finish(self, aws, want, there) : { record, isOurs: true }
    },

    async adopt(aws, have) {
      await tagParameter(aws, name)
      return { ...have, isOurs: true }
    },

    async update(aws, want, have, fields) {
      const changed = changedContent(want, have.record, fields)
      const record = { ...changed, createdAt: have.record.createdAt || isoNow(aws) }
      await replaceParameter(aws, { name, type, text: JSON.stringify(record) })
      return { ...have, record }
    },

    remove: (aws) => removeParameter(aws, name),

    refs: ({ record: { userPoolId, signupClientId, loginClientId, formerTriggers } }) => ({
      recorded: { userPoolId, signupClientId, loginClientId, formerTriggers },
    }),
  }
  return self
}

function contentOf({ ids, ...rest }: Want): Omit<StageRecord, 'createdAt'> {
  const unknown = idKeys.find((key) => ids[key] === undefined)
  if (unknown) throw new Error(`The record is played after what gives it ${unknown}`)
  return { schemaVersion, ...rest, ...(ids as Record<(typeof idKeys)[number], string>) }
}

/** What is written in today's form; of a setting that is no more nothing stays. */
function changedContent(want: Want, record: StageRecord, fields: ReadonlySet<string>): StageRecord {
  const wanted = contentOf(want)
  const pick = (from: object, prefix = '') =>
    Object.entries(from).filter(([key]) => fields.has(`${prefix}${key}`))
  const stays = recordedKeys.filter((key) => key in record.settings).map((key) => [key, record.settings[key]])
  return {
    ...record,
    ...Object.fromEntries(pick(wanted)),
    schemaVersion,
    formerTriggers: {
      ...record.formerTriggers,
      ...Object.fromEntries(
        triggerNames
          .filter((trigger) => fields.has(`formerTriggers.${trigger}`))
          .map((trigger) => [trigger, wanted.formerTriggers[trigger]] as const),
      ),
    },
    settings: Object.fromEntries([...stays, ...pick(wanted.settings, 'settings.')]),
  }
}

const recordedKeys = settingKeys.filter((key) => !isSecret(key))

function diff(want: Want, { record }: RecordHave): Change[] {
  const newer = isNewer(record.toolVersion, want.toolVersion)
    ? `the stage was last deployed by whatsapp-otp ${record.toolVersion}, this is ${want.toolVersion}: use that version or a later one`
    : undefined
  const textIn = (value: unknown) =>
    value === undefined ? undefined : textOf(value as Settings[keyof Settings])
  return [
    ...change('toolVersion', record.toolVersion, want.toolVersion, newer),
    ...(['stage', 'account', 'region'] as const).flatMap((key) => change(key, record[key], want[key])),
    ...idKeys.flatMap((key) => change(key, record[key], want.ids[key])),
    ...triggerNames.flatMap((trigger) => {
      const [before, now] = [record.formerTriggers[trigger], want.formerTriggers[trigger]]
      return before === now ? [] : [{ field: `formerTriggers.${trigger}`, from: said(before), to: said(now) }]
    }),
    ...recordedKeys.flatMap((key) =>
      change(`settings.${key}`, textIn(record.settings[key]), textIn(want.settings[key])),
    ),
  ]
}

/**
 * A record in our form that names this stage proves itself; of anything else the tags tell whose it is. Undefined
 * when there is none. Throws RECORD_UNREADABLE or RECORD_TOO_NEW.
 */
export async function readRecordHave(
  aws: Pick<Aws, 'ssm'> & { place: Pick<Place, 'stage'> },
): Promise<RecordHave | undefined> {
  const { place } = aws
  const name = names.record(place.stage)
  const text = await readText(aws, name)
  if (text === undefined) return undefined
  try {
    const record = parseRecord(text, place.stage)
    return { record, isOurs: record.stage === place.stage || (await hasOurTags(aws, name)) }
  } catch (error) {
    if (await hasOurTags(aws, name)) throw error
    return { record: unreadable(place), isOurs: false }
  }
}

const said = (former: string | null | undefined) => (former === null ? 'nobody' : former)

const isoNow = ({ clock }: Pick<Aws, 'clock'>) => new Date(clock.now()).toISOString()

/** Every record in this account and region, by stage; one that cannot be read gives its stage and why. */
export async function listRecords({
  ssm,
}: Pick<Aws, 'ssm'>): Promise<{ stage: string; record?: StageRecord; why?: string }[]> {
  const found: { stage: string; record?: StageRecord; why?: string }[] = []
  const pages = paginateGetParametersByPath(
    { client: ssm },
    { Path: names.recordPath, Recursive: true, WithDecryption: false },
  )
  for await (const page of pages) {
    for (const { Name, Value } of page.Parameters ?? []) {
      const stage = Name?.split('/')[2]
      if (!stage || Name !== names.record(stage)) continue
      try {
        found.push({ stage, record: parseRecord(Value ?? '', stage) })
      } catch (error) {
        found.push({ stage, why: (error as AppError).why ?? (error as AppError).message })
      }
    }
  }
  return found.sort((a, b) => (a.stage < b.stage ? -1 : 1))
}

/** Throws RECORD_TOO_NEW when a later version of this tool wrote it, RECORD_UNREADABLE for anything else. */
export function parseRecord(text: string, stage: string): StageRecord {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    json = undefined
  }
  const version = z.object({ schemaVersion: z.number(), toolVersion: z.string() }).safeParse(json)
  if (version.success && version.data.schemaVersion > schemaVersion) {
    throw new AppError('RECORD_TOO_NEW', `Stage «${stage}» was deployed by a newer whatsapp-otp`, {
      why: `its record was written by version ${version.data.toolVersion}, in a form this version does not know`,
      next: ['npm install whatsapp-otp@latest'],
    })
  }
  const record = recordSchema.safeParse(json)
  if (record.success) return record.data
  const [issue] = record.error.issues
  throw new AppError('RECORD_UNREADABLE', `The record of stage «${stage}» cannot be read`, {
    why: `${names.record(stage)}: ${issue?.path.join('.') || 'content'} is not what it should be`,
    next: [
      `aws ssm delete-parameter --name ${names.record(stage)}   then deploy again; nothing else is lost`,
    ],
  })
}

/** Stands for the content of a parameter that is not ours: nothing in it is looked at. */
function unreadable({ stage }: Pick<Place, 'stage'>): StageRecord {
  const ids = { userPoolId: '', signupClientId: '', loginClientId: '' }
  const none = { account: '', region: '', ...ids, createdAt: '', toolVersion: '0.0.0' }
  return { schemaVersion, stage, ...none, formerTriggers: {}, settings: {} }
}
