// The versions of functions, which are published for good, and the aliases that name them.

import { randomUUID } from 'node:crypto'
import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import { type Input, optionalText, text } from '../protocol/fields.ts'
import { at, type RestOperation } from '../protocol/rest.ts'
import { describedVersion } from './function/description.ts'
import type { Alias, LambdaFunction, Published } from './function/record.ts'
import { constraint, invalidParameter } from './function/settings.ts'
import type { FunctionStore } from './functions.ts'
import { functionPath } from './wire.ts'

const versionsPath = `${functionPath}/versions`
const aliasesPath = `${functionPath}/aliases`
const aliasPath = `${aliasesPath}/{Name}`

const notFound = (message: string) => new AwsFault('ResourceNotFoundException', message, 404)
const conflict = (message: string) => new AwsFault('ResourceConflictException', message, 409)

/** Deletes a version; one that an alias names stays. */
export function removeVersion(fn: LambdaFunction, version: string): void {
  const names = [...fn.aliases].filter(([, alias]) => alias.version === version).map(([name]) => name)
  if (names.length > 0) {
    throw conflict(
      `Unable to delete version because the following aliases reference it: [${names.join(', ')}]`,
    )
  }
  // An alias is no version, and DeleteAlias is for it.
  if (fn.aliases.has(version)) throw invalidParameter('Deletion of aliases is not currently supported.')
  fn.published = fn.published.filter((one) => one.version !== version)
  fn.qualified.delete(version)
}

/** The operations on versions and aliases. Weighted aliases are not part of the sandbox. */
export function versionOperations(world: World, store: FunctionStore): Record<string, RestOperation> {
  function publish(fn: LambdaFunction, description: string | undefined): Published {
    const last = fn.published.at(-1)
    // Nothing is published twice.
    if (last && last.code === fn.code && last.settings === fn.settings) return last
    fn.lastVersion += 1
    const published: Published = {
      version: String(fn.lastVersion),
      settings: fn.settings,
      code: fn.code,
      roleId: fn.roleId,
      description: description ?? fn.settings.description,
      madeAt: world.now(),
      revision: randomUUID(),
    }
    fn.published.push(published)
    return published
  }

  function checkVersion(fn: LambdaFunction, version: string): string {
    if (version !== '$LATEST' && !fn.published.some((one) => one.version === version)) {
      throw notFound(`Function not found: ${fn.arn}:${version}`)
    }
    return version
  }

  const described = (fn: LambdaFunction, name: string, { version, description, revision }: Alias) => ({
    AliasArn: `${fn.arn}:${name}`,
    Name: name,
    FunctionVersion: version,
    Description: description,
    RevisionId: revision,
  })

  function aliasOf(fn: LambdaFunction, input: Input): { name: string; alias: Alias } {
    const name = text(input, 'Name')
    const alias = fn.aliases.get(name)
    if (!alias) throw notFound(`Cannot find alias arn: ${fn.arn}:${name}`)
    return { name, alias }
  }

  return {
    PublishVersion: at({ method: 'POST', path: versionsPath, status: 201 }, (input, call) => {
      const fn = store.functionFor(input, call)
      store.settled(input, fn)
      return describedVersion(fn, publish(fn, optionalText(input, 'Description')))
    }),

    ListVersionsByFunction: at({ method: 'GET', path: versionsPath }, (input, call) => {
      const fn = store.functionFor(input, call)
      return { Versions: [store.describe(fn), ...fn.published.map((one) => describedVersion(fn, one))] }
    }),

    CreateAlias: at({ method: 'POST', path: aliasesPath, status: 201 }, (input, call) => {
      const fn = store.functionFor(input, call)
      const name = text(input, 'Name')
      if (!/^(?!^[0-9]+$)[a-zA-Z0-9-_]{1,128}$/.test(name)) {
        throw constraint(name, 'name', 'satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)')
      }
      if (fn.aliases.has(name)) throw conflict(`Alias already exists: ${fn.arn}:${name}`)
      const version = checkVersion(fn, text(input, 'FunctionVersion'))
      const alias = { version, description: optionalText(input, 'Description') ?? '', revision: randomUUID() }
      fn.aliases.set(name, alias)
      return described(fn, name, alias)
    }),

    GetAlias: at({ method: 'GET', path: aliasPath }, (input, call) => {
      const fn = store.functionFor(input, call)
      const { name, alias } = aliasOf(fn, input)
      return described(fn, name, alias)
    }),

    ListAliases: at({ method: 'GET', path: aliasesPath }, (input, call) => {
      const fn = store.functionFor(input, call)
      return { Aliases: [...fn.aliases].map(([name, alias]) => described(fn, name, alias)) }
    }),

    UpdateAlias: at({ method: 'PUT', path: aliasPath }, (input, call) => {
      const fn = store.functionFor(input, call)
      const { name, alias } = aliasOf(fn, input)
      const version = optionalText(input, 'FunctionVersion')
      const description = optionalText(input, 'Description')
      if (version !== undefined) alias.version = checkVersion(fn, version)
      if (description !== undefined) alias.description = description
      alias.revision = randomUUID()
      return described(fn, name, alias)
    }),

    DeleteAlias: at({ method: 'DELETE', path: aliasPath, status: 204 }, (input, call) => {
      const fn = store.functionFor(input, call)
      const name = text(input, 'Name')
      fn.aliases.delete(name)
      fn.qualified.delete(name)
      return {}
    }),
  }
}
