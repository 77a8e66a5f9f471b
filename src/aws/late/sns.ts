// What is used of the SDK's client for SNS: a module of its own, so that only this much is bundled and it is loaded late.
export {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSMSSandboxAccountStatusCommand,
  ListTagsForResourceCommand,
  PublishCommand,
  paginateListSMSSandboxPhoneNumbers,
  paginateListSubscriptionsByTopic,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
} from '@aws-sdk/client-sns'
