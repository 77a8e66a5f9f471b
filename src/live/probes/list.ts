// Every probe, in the order in which they run: what makes pools first, what sends messages last.
import type { Probe } from '../scene/probe.ts'
import { freshProof, omittedWriteAttributes, rounds, standInName } from './challenges.ts'
import { permissionSpread, sendzenRecipient, sendzenStatus, smsPermission } from './outside.ts'
import { liteTriggers, omittedPoolFields, poolFunctions, poolReadBack, poolTags } from './pools.ts'
import {
  namedNumber,
  postConfirmation,
  preSignUpNumber,
  signUpNumber,
  takenSignUp,
  unconfirmedSignIn,
} from './sign-up.ts'
import { lateInvocation, triggerAttempts } from './slow.ts'
import { tagOnCreate } from './tag-on-create.ts'

export const probes: readonly Probe[] = [
  poolFunctions,
  poolTags,
  poolReadBack,
  // Resets what the others look at.
  omittedPoolFields,
  liteTriggers,
  permissionSpread,
  preSignUpNumber,
  signUpNumber,
  namedNumber,
  takenSignUp,
  postConfirmation,
  unconfirmedSignIn,
  standInName,
  rounds,
  freshProof,
  omittedWriteAttributes,
  triggerAttempts,
  lateInvocation,
  smsPermission,
  // Takes the role of the function for itself.
  tagOnCreate,
  sendzenStatus,
  sendzenRecipient,
]
