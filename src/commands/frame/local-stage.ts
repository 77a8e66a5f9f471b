// The stage of a sandbox that runs for development: deployed into it, and shown on its page.
import type { Sandbox } from '../../sandbox/server.ts'
import { readSources } from '../../settings/sources.ts'
import type { Context } from './command.ts'

/** Deploys the stage `local`, shows its ids on the page, and gives the variables that lead to it. */
export async function provision(context: Context, sandbox: Sandbox): Promise<Record<string, string>> {
  const { flags, io, clock, signal, tasks, output } = context
  const [{ deployLocal }, { explainLine }, { providerOf }] = await Promise.all([
    import('../../stage/local.ts'),
    import('../../insight/flow-words.ts'),
    import('../../core/messaging/providers.ts'),
  ])
  const given = await readSources(flags, io.env, io.cwd)
  const wanted = { given, env: sandbox.env(), region: sandbox.region, clock, signal }
  const { ids, forApps, variables, webhook } = await deployLocal(wanted, { ...tasks, warn: output.warn })
  sandbox.sendzen.setWebhook(webhook)
  sandbox.showStage({ ...ids, ...forApps })
  // What the deploy itself has tried is nobody's sign-in.
  sandbox.flows.clear()
  sandbox.flows.setExplain((line) => explainLine(line, providerOf({})))
  return variables
}
