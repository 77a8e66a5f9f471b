// Lists everything of a stage that an account holds, as the AWS CLI sees it.
import { awsCliIn } from './aws-cli.ts'
import type { Start } from './program.ts'

/** Names of whatever carries the stage's name, service by service; empty when nothing is left. */
export async function leftovers(start: Start, stage: string): Promise<string[]> {
  const aws = awsCliIn(start)
  const queries = [
    ['iam list-roles', 'Roles[].RoleName'],
    ['lambda list-functions', 'Functions[].FunctionName'],
    ['logs describe-log-groups', 'logGroups[].logGroupName'],
    ['cloudwatch describe-alarms', 'MetricAlarms[].AlarmName'],
    ['cloudwatch list-dashboards', 'DashboardEntries[].DashboardName'],
    ['sns list-topics', 'Topics[].TopicArn'],
    // For this service alone the AWS CLI does not go by the variable.
    [`sqs list-queues --endpoint-url ${start.env.AWS_ENDPOINT_URL}`, 'QueueUrls'],
    ['lambda list-event-source-mappings', 'EventSourceMappings[].FunctionArn'],
    ['dynamodb list-tables', 'TableNames'],
    ['ssm describe-parameters', 'Parameters[].Name'],
    ['cognito-idp list-user-pools --max-results 60', 'UserPools[].Name'],
  ] as const
  const found = await Promise.all(
    queries.map(async ([command, query]) => {
      const names = (await aws.read<string[] | null>(`${command} --query ${query}`)) ?? []
      return names.filter((name) => name.includes(stage)).map((name) => `${command}: ${name}`)
    }),
  )
  return found.flat()
}
