// What a stage on a borrowed pool remembers of an account: no mark of ours is written to anybody's pool.
import { GetItemCommand, type GetItemCommandInput } from '@aws-sdk/client-dynamodb'
import type { Connection } from '../aws/account.ts'
import { type Memory, markIn } from '../core/borrowed-pool.ts'
import type { MasterKeys } from '../core/master-key.ts'
import { getProvenInput, provenNumberOf } from '../core/proven-number.ts'
import { decoyOf, type Subject, type SubjectEvent } from '../core/subject.ts'
import { keyOf, selfMadePk } from '../core/table-items.ts'
import { names } from '../names.ts'
import type { StageRecord } from '../resources/stage-record.ts'
import { takesSignUps } from '../settings/borrowed-pool.ts'

export const selfMadeInput = (stage: string, userName: string) => ({
  TableName: names.table(stage),
  Key: keyOf(selfMadePk(userName)),
  ConsistentRead: true,
})

/** `user` is the keyed hash of the account. */
export async function recall(
  { dynamodb }: Connection,
  { stage, userPoolId }: StageRecord,
  { numberKey }: Pick<MasterKeys, 'numberKey'>,
  { user, username }: { user: string; username: string },
): Promise<Memory> {
  const read = async (input: GetItemCommandInput) => (await dynamodb.send(new GetItemCommand(input))).Item
  const [proven, selfMade] = await Promise.all([
    read(getProvenInput(names.table(stage), user)),
    read(selfMadeInput(stage, username)),
  ])
  return { proven: provenNumberOf(proven, userPoolId, user, numberKey), isOurs: selfMade !== undefined }
}

/** The subject as the triggers of a borrowed pool see it, by the settings that the stage was deployed with. */
export function rememberedSubject(
  subject: Subject,
  event: SubjectEvent,
  { settings }: StageRecord,
  { idKey }: Pick<MasterKeys, 'idKey'>,
  memory: Memory,
): Subject {
  if (subject.decoy) return subject
  const trusts = settings.trustUnverifiedNumbers === true
  const counts = trusts || takesSignUps(settings)
  const mark = markIn(event.request.userAttributes ?? {}, counts ? memory : undefined, trusts)
  return mark ? { ...subject, mark } : decoyOf(subject, event, idKey, 'unverified')
}
