// The matters by what they are about, a file of tests each: files run at the same time.
import { deviations, type Matter, type Unsettled } from '../../src/sandbox/account/unsettled.ts'

export const rooms = {
  pools: [
    'poolFunctions',
    'poolTags',
    'tagOnCreate',
    'liteTriggers',
    'poolReadBack',
    'omittedPoolFields',
    'omittedWriteAttributes',
  ],
  challenges: ['standInName', 'freshProof', 'triggerAttempts', 'lateInvocation', 'rounds'],
  users: [
    'unconfirmedSignIn',
    'signUpNumber',
    'namedNumber',
    'preSignUpNumber',
    'takenSignUp',
    'postConfirmation',
  ],
  sending: ['permissionSpread', 'smsPermission', 'sendzenStatus', 'sendzenRecipient'],
} as const satisfies Record<string, readonly Matter[]>

/** Every single deviation in these matters, with its name as in `standInName=changing`. */
export function deviationsOf(room: keyof typeof rooms): { name: string; world: Partial<Unsettled> }[] {
  const own: readonly string[] = rooms[room]
  return deviations.flatMap((world) => {
    const [[matter, way] = []] = Object.entries(world)
    return matter && own.includes(matter) ? [{ name: `${matter}=${way}`, world }] : []
  })
}
