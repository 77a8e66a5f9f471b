// The parameter with the secret that the provider signs its delivery reports with; made by us, shown by no plan.
import type { Aws } from '../../aws/clients.ts'
import {
  newWebhookSecret,
  parseWebhookSecret,
  type WebhookSecretDocument,
  withNewWebhookSecret,
} from '../../core/reports/webhook-secret.ts'
import { SecretsError } from '../../core/secrets-document.ts'
import { finish } from '../../engine/refusal.ts'
import type { Resource } from '../../engine/resource.ts'
import { names, type Place, reportFunction } from '../../names.ts'
import { onlyWithReports } from '../../settings/parts.ts'
import {
  createParameter,
  functionParameterPermissions,
  haveIn,
  type ParameterHave,
  readTexts,
  removeParameter,
  replaceParameter,
} from '../parameter.ts'

type Have = ParameterHave<WebhookSecretDocument>

const type = 'SecureString' as const

export function webhookSecret(place: Place): Resource<undefined, Have> {
  const name = names.webhookSecret(place.stage)
  // Not together with the others: whoever deploys a stage without reports need not be allowed to read it.
  const read = async (aws: Pick<Aws, 'ssm' | 'place'>) =>
    haveIn(aws, await readTexts(aws, [name]), name, understood)

  const self: Resource<undefined, Have> = {
    ...onlyWithReports,
    kind: 'webhook-secret',
    id: 'webhook-secret',
    name,
    needs: [],
    removeAfter: [`function:${reportFunction}`],
    permissions: functionParameterPermissions(place, name),

    want: () => undefined,
    read,
    isOurs: (have) => have.isOurs,
    diff: (_, { document }) =>
      document ? [] : [{ field: 'content', from: 'unreadable', to: '(a new one)' }],

    async create(aws, want) {
      const document = newWebhookSecret()
      const there = await createParameter(aws, { name, type, text: JSON.stringify(document) }, () =>
        read(aws),
      )
      return there ? finish(self, aws, want, there) : { document, isOurs: true }
    },

    // Nothing else is made of it: what cannot be read is worth nothing to anybody.
    async update(aws, _, have) {
      const document = newWebhookSecret()
      await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
      return { ...have, document }
    },

    remove: (aws) => removeParameter(aws, name),
  }
  return self
}

function understood(text: string): WebhookSecretDocument | undefined {
  try {
    return parseWebhookSecret(text)
  } catch (error) {
    if (error instanceof SecretsError) return undefined
    throw error
  }
}

/**
 * Puts a new secret in the place of the stored one and gives it, to be shown once. Undefined where there is none of
 * ours that can be read; nothing is changed then. For a run that holds the stage.
 */
export async function changeWebhookSecret(aws: Aws): Promise<string | undefined> {
  const have = await webhookSecret(aws.place).read(aws, {})
  if (!have?.isOurs || !have.document) return undefined
  const document = withNewWebhookSecret(have.document, aws.clock.now())
  const name = names.webhookSecret(aws.place.stage)
  await replaceParameter(aws, { name, type, text: JSON.stringify(document) })
  return document.secret
}

/** As the function goes by it; undefined where there is none that can be read. Nothing of it may be logged. */
export async function readWebhookSecret(aws: Pick<Aws, 'ssm' | 'place'>): Promise<string | undefined> {
  return (await webhookSecret(aws.place).read(aws as Aws, {}))?.document?.secret
}
