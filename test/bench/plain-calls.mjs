// The floor of a command: a bare program that makes as many signed calls, twelve at once, and does nothing else.
import { AwsClient } from 'aws4fetch'

const aws = new AwsClient({
  accessKeyId: process.env.AWS_ACCESS_KEY_ID ?? '',
  secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY ?? '',
  service: 'sts',
  region: 'us-east-1',
})
const body = 'Action=GetCallerIdentity&Version=2011-06-15'
const headers = { 'content-type': 'application/x-www-form-urlencoded' }
const url = process.env.AWS_ENDPOINT_URL ?? ''

let left = Number(process.argv[2])
async function worker() {
  while (left-- > 0) await (await aws.fetch(`${url}/`, { method: 'POST', headers, body })).text()
}
await Promise.all(Array.from({ length: 12 }, worker))
