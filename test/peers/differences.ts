// Where ministack is not like AWS, as far as these tests meet it: the only place that says so. Every entry
// is probed, so that one that no longer holds is noticed and taken out, with what the tests do because of it.
import {
  type CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
} from '@aws-sdk/client-cloudwatch'
import {
  type CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { answerChallenge, startSignIn } from '../../src/aws/sign-in.ts'

export interface Subject {
  cognito: CognitoIdentityProviderClient
  cloudwatch: CloudWatchClient
  userPoolId: string
  clientId: string
  /** A user who has signed up, and to whom a message may be sent. */
  phone: string
}

export interface Difference {
  aws: string
  ministack: string
  /** What the tests do because of it. */
  so: string
  /** True while ministack still is like that. */
  holds(subject: Subject): Promise<boolean>
}

export const differences = {
  unknownUsers: {
    aws: 'a client that prevents existence errors runs the triggers for unknown users (userNotFound)',
    ministack: 'InitiateAuth answers UserNotFoundException, and no trigger runs',
    so: 'deploy is run with --no-verify, since its last check signs in with a number that nobody has; decoys are not tested here',
    async holds({ cognito, userPoolId, clientId }) {
      const { UserPoolClient } = await cognito.send(
        new DescribeUserPoolClientCommand({ UserPoolId: userPoolId, ClientId: clientId }),
      )
      const refusal = await startSignIn(cognito, { clientId }, '+15550199999').catch((error: Error) => error)
      const prevented = UserPoolClient?.PreventUserExistenceErrors === 'ENABLED'
      return prevented && refusal instanceof Error && refusal.name === 'UserNotFoundException'
    },
  },
  challengeUsername: {
    aws: 'ChallengeParameters name the user (USERNAME) beside what the trigger says',
    ministack: 'only what the trigger says',
    so: 'answers name the user by the phone number',
    async holds({ cognito, clientId, phone }) {
      const AuthParameters = { USERNAME: phone }
      const round = await cognito.send(
        new InitiateAuthCommand({ ClientId: clientId, AuthFlow: 'CUSTOM_AUTH', AuthParameters }),
      )
      return round.ChallengeParameters?.status !== undefined && !('USERNAME' in round.ChallengeParameters)
    },
  },
  sessions: {
    aws: 'every round gives a new Session, and the old one is used up',
    ministack: 'all rounds have the same Session',
    so: 'replay is not tested here',
    async holds({ cognito, clientId, phone }) {
      const first = await startSignIn(cognito, { clientId }, phone)
      if (first.kind !== 'challenge') return false
      const second = await answerChallenge(cognito, { clientId }, first, 'not a code')
      return second.kind === 'challenge' && second.session === first.session
    },
  },
  rounds: {
    aws: 'DefineAuthChallenge decides how many answers a sign-in takes',
    ministack: 'the third one that is not right ends it, whatever Define says',
    so: 'no sign-in here has more than two wrong answers',
    async holds({ cognito, clientId, phone }) {
      let round = await startSignIn(cognito, { clientId }, phone)
      for (let answers = 1; answers < 3; answers++) {
        if (round.kind !== 'challenge') return false
        round = await answerChallenge(cognito, { clientId }, round, 'not a code')
      }
      if (round.kind !== 'challenge') return false
      const third = await answerChallenge(cognito, { clientId }, round, 'not a code').catch((e: Error) => e)
      return third instanceof Error && /Max authentication attempts/.test(third.message)
    },
  },
  alarmMetrics: {
    aws: 'an alarm keeps the metrics that it computes its value from',
    ministack: 'they are forgotten',
    so: 'a second deploy writes alarms again',
    async holds({ cloudwatch }) {
      const AlarmName = 'difference'
      const Metric = { Namespace: 'n', MetricName: 'm' }
      const one = { Id: 'a', MetricStat: { Metric, Period: 60, Stat: 'Sum' }, ReturnData: false }
      await cloudwatch.send(
        new PutMetricAlarmCommand({
          ...{ AlarmName, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
          Metrics: [one, { Id: 'b', Expression: 'a * 2', ReturnData: true }],
        }),
      )
      const { MetricAlarms = [] } = await cloudwatch.send(
        new DescribeAlarmsCommand({ AlarmNames: [AlarmName] }),
      )
      await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }))
      return MetricAlarms.length === 1 && !MetricAlarms[0]?.Metrics?.length
    },
  },
} satisfies Record<string, Difference>
