// The managed policies of the account: a few of AWS's own, and those that it makes itself.

import { AwsFault } from '../account/aws-fault.ts'
import { requestTags } from '../account/condition.ts'
import { type PolicyDocument, parsePolicy } from '../account/policy.ts'
import { hiddenId } from '../account/sessions.ts'
import type { World } from '../account/world.ts'
import { type Input, objects, optionalText, tagList, tagMap, text } from '../protocol/fields.ts'
import type { Operation } from '../protocol/service.ts'
import { encodeDocument, invalid, missing } from './wire.ts'

interface ManagedPolicy {
  arn: string
  name: string
  path: string
  id: string
  json: string
  document: PolicyDocument
  createdAt: number
  description: string | undefined
  tags: Record<string, string>
}

const allow = (Action: string | string[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] })

/** By path and name; the sandbox has no others of AWS's. */
const ofAws: Record<string, string> = {
  '/service-role/AWSLambdaBasicExecutionRole': allow([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ]),
  '/AdministratorAccess': allow('*'),
}

const nameOf = (arn: string) => arn.slice(arn.lastIndexOf('/') + 1)

/** How many roles have a policy attached, and how many as their boundary. */
type Uses = (arn: string) => { attached: number; boundary: number }

export class ManagedPolicies {
  readonly #world: World
  readonly #policies = new Map<string, ManagedPolicy>()

  constructor(world: World) {
    this.#world = world
    for (const [place, json] of Object.entries(ofAws)) {
      const arn = `arn:${world.partition}:iam::aws:policy${place}`
      this.#add({ arn, path: place.slice(0, place.lastIndexOf('/') + 1), json, createdAt: 0 })
    }
  }

  #add(fields: Pick<ManagedPolicy, 'arn' | 'path' | 'json' | 'createdAt'> & Partial<ManagedPolicy>) {
    const policy: ManagedPolicy = {
      name: nameOf(fields.arn),
      id: hiddenId('ANPA'),
      document: parsePolicy(fields.json, 'identity'),
      description: undefined,
      tags: {},
      ...fields,
    }
    this.#policies.set(policy.arn, policy)
    return policy
  }

  document(arn: string): PolicyDocument | undefined {
    return this.#policies.get(arn)?.document
  }

  /** Throws NoSuchEntity in the words of an attachment. */
  check(arn: string): void {
    if (this.#policies.has(arn)) return
    throw new AwsFault('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404)
  }

  /** Those that the account has made, by ARN. */
  own(): string[] {
    return [...this.#policies.keys()].filter((arn) => !arn.includes(':iam::aws:'))
  }

  /** The operations on managed policies themselves. */
  operations(uses: Uses): Record<string, Operation> {
    const find = (input: Input, action: string, call: Parameters<Operation>[1]) => {
      const arn = text(input, 'PolicyArn', 'ValidationError')
      call.authorize(action, arn)
      const policy = this.#policies.get(arn)
      if (!policy) throw missing(`policy ${arn}`)
      return policy
    }
    const describe = (policy: ManagedPolicy) => ({
      PolicyName: policy.name,
      PolicyId: policy.id,
      Arn: policy.arn,
      Path: policy.path,
      DefaultVersionId: 'v1',
      AttachmentCount: uses(policy.arn).attached,
      PermissionsBoundaryUsageCount: uses(policy.arn).boundary,
      IsAttachable: true,
      Description: policy.description,
      CreateDate: new Date(policy.createdAt),
      UpdateDate: new Date(policy.createdAt),
      Tags: Object.keys(policy.tags).length > 0 ? tagList(policy.tags) : undefined,
    })

    return {
      CreatePolicy: (input, call) => {
        const name = text(input, 'PolicyName', 'ValidationError')
        const path = optionalText(input, 'Path') ?? '/'
        const tags = tagMap(objects(input, 'Tags'))
        const arn = `arn:${this.#world.partition}:iam::${this.#world.account}:policy${path}${name}`
        call.authorize('iam:CreatePolicy', arn, requestTags(tags))
        if (!/^[\w+=,.@-]{1,128}$/.test(name)) throw invalid('The specified value for policyName is invalid.')
        const json = text(input, 'PolicyDocument', 'ValidationError')
        if (json.replace(/\s/g, '').length > 6_144) {
          throw new AwsFault('LimitExceeded', 'Cannot exceed quota for PolicySize: 6144', 409)
        }
        if (this.#policies.has(arn)) {
          throw new AwsFault('EntityAlreadyExists', `A policy called ${name} already exists.`, 409)
        }
        const description = optionalText(input, 'Description')
        const policy = this.#add({ arn, path, json, createdAt: this.#world.now(), description, tags })
        return { Policy: describe(policy) }
      },
      GetPolicy: (input, call) => ({ Policy: describe(find(input, 'iam:GetPolicy', call)) }),
      GetPolicyVersion: (input, call) => {
        const version = text(input, 'VersionId', 'ValidationError')
        const policy = find(input, 'iam:GetPolicyVersion', call)
        if (version !== 'v1') throw missing(`version ${version} of policy ${policy.arn}`)
        return {
          PolicyVersion: {
            Document: encodeDocument(policy.json),
            VersionId: 'v1',
            IsDefaultVersion: true,
            CreateDate: new Date(policy.createdAt),
          },
        }
      },
      DeletePolicy: (input, call) => {
        const { arn } = find(input, 'iam:DeletePolicy', call)
        const { attached, boundary } = uses(arn)
        if (attached + boundary > 0) {
          throw new AwsFault('DeleteConflict', 'Cannot delete a policy attached to entities.', 409)
        }
        this.#policies.delete(arn)
        return {}
      },
    }
  }
}
