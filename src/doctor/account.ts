// The account: whether IAM would let this caller deploy and remove the stage.
import type { Connection } from '../aws/account.ts'
import type { Examination } from './examination.ts'
export async function examinePermissions(exam: Examination, aws: Connection): Promise<void> {
  exam.skip('permissions', 'permissions', aws.who)
}
