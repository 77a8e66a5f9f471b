// What is used of the SDK's client for SNS: a module of its own, so that only this much is bundled and it is loaded late.
export {
  GetSMSSandboxAccountStatusCommand,
  PublishCommand,
  paginateListSMSSandboxPhoneNumbers,
  SNSClient,
} from '@aws-sdk/client-sns'
