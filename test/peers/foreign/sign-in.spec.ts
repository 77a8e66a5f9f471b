// A test of somebody else's app: signs a user up and in over the sandbox that the global set-up has started.
import { expect, it } from 'vitest'

const { AWS_ENDPOINT_URL, CLIENT_ID, INBOX_URL } = process.env
const phone = '+15550100001'

async function cognito(operation: string, input: object) {
  const answer = await fetch(String(AWS_ENDPOINT_URL), {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
    body: JSON.stringify({ ClientId: CLIENT_ID, ...input }),
  })
  if (!answer.ok) throw new Error(`${operation}: ${await answer.text()}`)
  return answer.json()
}

it('signs a user up and in', async () => {
  await cognito('SignUp', { Username: phone, Password: `${crypto.randomUUID()}Aa1!` })
  const asked = await cognito('InitiateAuth', {
    AuthFlow: 'CUSTOM_AUTH',
    AuthParameters: { USERNAME: phone },
  })
  expect(asked.ChallengeParameters.status).toBe('sent')
  const inbox = await fetch(`${INBOX_URL}?to=${encodeURIComponent(phone)}`)
  const { messages } = await inbox.json()
  const signedIn = await cognito('RespondToAuthChallenge', {
    ChallengeName: 'CUSTOM_CHALLENGE',
    Session: asked.Session,
    ChallengeResponses: { USERNAME: asked.ChallengeParameters.USERNAME, ANSWER: messages[0].code },
  })
  expect(signedIn.AuthenticationResult.IdToken).toBeTruthy()
})
