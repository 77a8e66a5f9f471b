// App clients of a borrowed pool by which a user writes the number that codes go to.
import type { Danger } from '../../../engine/resource.ts'
import type { Borrowed, BorrowedPoolHave } from './borrowed.ts'

/** Nobody's app is changed for it; whoever looks after the stage has to know. */
export function dangersOfWriters(
  { place: { region }, poolId, settings }: Borrowed,
  { others }: Pick<BorrowedPoolHave, 'others'>,
): Danger[] {
  const { clients = [], unseen = 0 } = others ?? {}
  const until = settings.trustUnverifiedNumbers
    ? 'TRUST_UNVERIFIED_NUMBERS is on: until the account has proven a number, whoever can write one there can take the account'
    : 'no code goes to it until it is verified: whoever verifies it by another way than its owner opens the account'
  return [
    ...clients.flatMap(({ id, name, writes, writesNumber }): Danger[] => {
      const marks = [...(writesNumber ? ['phone_number'] : []), ...(writes ?? [])]
      if (marks.length === 0) return []
      return [
        {
          what: `the app client ${name} (${id}) lets a user write ${marks.join(' and ')}`,
          why: writesNumber ? until : 'these are what stages with a pool of their own prove a number with',
          next: `aws cognito-idp describe-user-pool-client --region ${region} --user-pool-id ${poolId} --client-id ${id}   shows its WriteAttributes`,
        },
      ]
    }),
    ...(unseen > 0
      ? [
          {
            what: `${unseen} more app ${unseen === 1 ? 'client' : 'clients'}`,
            why: 'so many are not looked at: whether they let users write their number is not known',
            next: `aws cognito-idp list-user-pool-clients --region ${region} --user-pool-id ${poolId}`,
          },
        ]
      : []),
  ]
}
