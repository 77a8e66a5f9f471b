// How a stage is: what is well in groups, and everything as a document.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { document, screen, startWithStage } from '../cli/scene.ts'
import type { Terminal } from '../cli/terminal.ts'

let terminal: Terminal
beforeAll(async () => {
  terminal = await startWithStage()
})
afterAll(() => terminal.close())

describe('status', () => {
  it('groups what is well', async () => {
    expect(await screen(terminal, 'status')).toMatchInlineSnapshot(`
      "exit 0
      --- stdout
      Stage dev, version <version>, <duration> old
      ✓ sign-in works: 11 checks hold, the provider accepts key, sender and template, nothing was sent in the last day
      ✓ 5 roles
      ✓ 5 log groups
      ✓ table
      ✓ master key
      ✓ provider key
      ✓ findings
      ✓ brake
      ✓ user pool
      ✓ 2 user pool clients
      ✓ 5 role policies
      ✓ 5 functions
      ✓ 5 permissions
      ✓ record
      ✓ the pool calls its 5 triggers
      ✓ 5 functions active
      ✓ Cognito may invoke 5 functions
      ✓ a sign-in gets its challenge
      ✓ SendZen key accepted: the stage's own key, at <sandbox>; sender and template as wanted
      Users      about 0 (Cognito's own estimate)
      Last 24 h  0 sent, 0 failed, 0 verified, 0 wrong
      Guessing   one number in a year: 1 in 13,698 for a stranger, 1 in 12,528 with all its devices
                 in a day: 1 in 5,000,000 for a stranger, 1 in 1,185,395 with all its devices
                 codes of strangers have 2 digits more and do not grow: unknown numbers may have another name each time
      Spending   an attacker's day, at most, in US$: 1,000 messages (0.80 to 136, by country), 500 active users (2.75)
                 functions 600, table 547, logs 74 at Cognito's default quotas, which alone bound them
      --- stderr
      AWS is asked at <sandbox> (AWS_ENDPOINT_URL)
      ✓ Find the account  <duration>
      account 123456789012 · us-east-1 · stage dev · user/developer · emulator at <sandbox>
      ✓ Read the stage  <duration>
      Read in <duration>
      "
    `)
  })

  it('--json has everything', async () => {
    expect(await document(terminal, 'status --json')).toMatchInlineSnapshot(`
      {
        "account": "123456789012",
        "checks": [
          {
            "check": "the function whatsapp-otp-dev-preSignUp is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-preSignUp",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-defineAuthChallenge is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-defineAuthChallenge",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-createAuthChallenge is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-createAuthChallenge",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-verifyAuthChallenge is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-verifyAuthChallenge",
            "ok": true,
          },
          {
            "check": "the function whatsapp-otp-dev-postConfirmation is active",
            "ok": true,
          },
          {
            "check": "Cognito may invoke whatsapp-otp-dev-postConfirmation",
            "ok": true,
          },
          {
            "check": "a sign-in gets its challenge",
            "ok": true,
          },
        ],
        "command": "status",
        "createdAt": "<time>",
        "exit": 0,
        "guessing": {
          "deviceHolder": {
            "perDay": {
              "guesses": 120,
              "oneIn": 1185395,
              "probability": 8.436e-7,
            },
            "perYear": {
              "guesses": 43800,
              "oneIn": 12528,
              "probability": 0.000079818,
            },
          },
          "lockAfterFailures": 0,
          "quiet": true,
          "stranger": {
            "perDay": {
              "guesses": 20,
              "oneIn": 5000000,
              "probability": 2e-7,
            },
            "perYear": {
              "guesses": 7300,
              "oneIn": 13698,
              "probability": 0.000073,
            },
          },
          "testNumber": {
            "guesses": 1800,
            "oneIn": 55555,
            "probability": 0.000018,
          },
          "withoutLimits": {
            "guesses": 31104000,
            "oneIn": 1,
            "probability": 0.999999999999969,
          },
        },
        "healthy": true,
        "judgement": [],
        "lastDay": {
          "delivered": 0,
          "errors": 0,
          "failed": 0,
          "followed": 0,
          "locked": 0,
          "partial": false,
          "putBack": 0,
          "read": 0,
          "reasons": [],
          "rejected": 0,
          "reportedSent": 0,
          "reportsRefused": 0,
          "sent": 0,
          "signUpsRefused": 0,
          "suppressed": 0,
          "undelivered": 0,
          "unknown": 0,
          "unlocked": 0,
          "verified": 0,
        },
        "ms": 0,
        "outputs": {
          "account": "123456789012",
          "endpoint": "<sandbox>",
          "issuer": "https://cognito-idp.us-east-1.amazonaws.com/<pool>",
          "jwksUri": "<sandbox>/<pool>/.well-known/jwks.json",
          "loginClientId": "<client>",
          "region": "us-east-1",
          "signupClientId": "<client>",
          "stage": "dev",
          "userPoolId": "<pool>",
        },
        "problems": [],
        "region": "us-east-1",
        "resources": [
          "role as wanted",
          "log-group as wanted",
          "table as wanted",
          "master-key as wanted",
          "provider-key as wanted",
          "findings as wanted",
          "brake as wanted",
          "user-pool as wanted",
          "user-pool-client as wanted",
          "role-policy as wanted",
          "function as wanted",
          "permission as wanted",
          "record as wanted",
        ],
        "schemaVersion": 1,
        "sending": [
          {
            "detail": "accepted: the stage's own key, at <sandbox>",
            "id": "sendzen.key",
            "title": "SendZen key",
            "verdict": "pass",
          },
          {
            "detail": "+15550100900 is connected",
            "id": "sendzen.sender",
            "title": "sender",
            "verdict": "pass",
          },
          {
            "detail": "approved, with a button for the code",
            "id": "template.en_US",
            "title": "template otp_login (en_US)",
            "verdict": "pass",
          },
          {
            "detail": "5 min, as codes live",
            "id": "template.expiry",
            "title": "expiry in the message",
            "verdict": "pass",
          },
        ],
        "spending": {
          "activeUsers": {
            "count": 500,
            "leastUsd": 2.75,
            "mostUsd": 2.75,
          },
          "messages": {
            "count": 1000,
            "leastUsd": 0.8,
            "mostUsd": 136,
            "proven": 900,
            "unproven": 700,
          },
          "requests": {
            "count": 45792000,
            "functionsUsd": 599.67648,
            "logsUsd": 73.98,
            "tableUsd": 547.236,
          },
          "sms": {
            "count": 0,
            "leastUsd": 0,
            "mostUsd": 0,
          },
        },
        "stage": "dev",
        "testNumbers": [],
        "triggers": [
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-preSignUp",
            "trigger": "preSignUp",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-preSignUp",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-defineAuthChallenge",
            "trigger": "defineAuthChallenge",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-defineAuthChallenge",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-createAuthChallenge",
            "trigger": "createAuthChallenge",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-createAuthChallenge",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-verifyAuthChallenge",
            "trigger": "verifyAuthChallenge",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-verifyAuthChallenge",
          },
          {
            "actual": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-postConfirmation",
            "trigger": "postConfirmation",
            "wanted": "arn:aws:lambda:us-east-1:123456789012:function:whatsapp-otp-dev-postConfirmation",
          },
        ],
        "users": 0,
        "version": "<version>",
      }
    `)
  })
})
