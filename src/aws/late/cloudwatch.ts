// What is used of the SDK's client for CloudWatch: a module of its own, so that only this much is bundled and it is loaded late.
export {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  ListTagsForResourceCommand,
  PutDashboardCommand,
  PutMetricAlarmCommand,
  paginateDescribeAlarms,
  TagResourceCommand,
} from '@aws-sdk/client-cloudwatch'
