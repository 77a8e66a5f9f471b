// What a team's functions do: the bodies of the triggers of the zoo's pools, which write into `event`.

/** Customers confirm themselves, staff waits for a code; nobody signs up from a mail drop. */
export const preSignUp = `
  if (event.request.clientMetadata?.campaign === 'fraud') throw new Error('No sign-up from here')
  event.response.autoConfirmUser = !event.userName.startsWith('staff')`

/** Only tells. */
export const tells = ''

export const claims = `
  event.response = { claimsOverrideDetails: { claimsToAddOrOverride: { plan: 'gold' } } }`

export const claimsOfBoth = `
  event.response = {
    claimsAndScopeOverrideDetails: {
      idTokenGeneration: { claimsToAddOrOverride: { tenants: ['north', 'south'] } },
      accessTokenGeneration: { claimsToAddOrOverride: { tenant: 'north' }, scopesToAdd: ['orders/read'] },
    },
  }`

/** Knows one customer of the old shop. */
export const migration = `
  if (event.userName !== 'old@example.com') throw new Error('Unknown')
  const isSignIn = event.triggerSource === 'UserMigration_Authentication'
  if (isSignIn && event.request.password !== 'Their-own-1') throw new Error('Wrong')
  event.response.userAttributes = { email: event.userName, email_verified: 'true', name: 'Old' }
  event.response.finalUserStatus = 'CONFIRMED'
  event.response.messageAction = 'SUPPRESS'`

export const message = `
  event.response.smsMessage = 'Shop: {####}'
  event.response.emailMessage = 'Your code for the shop: {####}'
  event.response.emailSubject = 'Shop'`

/** A sum to be told, in two tries. */
export const define = `
  const { session } = event.request
  const isRight = session.at(-1)?.challengeResult === true
  event.response.issueTokens = isRight
  event.response.failAuthentication = !isRight && session.length > 1
  if (!isRight) event.response.challengeName = 'CUSTOM_CHALLENGE'`

export const create = `
  event.response.publicChallengeParameters = { captcha: '3 + 4' }
  event.response.privateChallengeParameters = { sum: '7' }
  event.response.challengeMetadata = 'SUM'`

export const verify = `
  if (event.request.challengeAnswer === 'break') throw new TypeError('The captcha service is down')
  event.response.answerCorrect = event.request.challengeAnswer === event.request.privateChallengeParameters.sum`
