// CloudWatch's dashboards: one JSON document each, known to the whole account and not to a region.

import { AwsFault } from '../account/aws-fault.ts'
import type { World } from '../account/world.ts'
import { readObject } from '../protocol/body.ts'
import { type Input, isObject, list, optionalNumber, optionalText, page } from '../protocol/fields.ts'
import type { Operation } from '../protocol/service.ts'
import { invalid, required } from './faults.ts'

const notFound = (name: string) =>
  new AwsFault('DashboardNotFoundError', `Dashboard ${name} does not exist`, 404)

interface Complaint {
  DataPath: string
  Message: string
}

export function createDashboards(world: World) {
  const dashboards = new Map<string, { body: string; modifiedAt: number }>()
  const arnOf = (name: string) => `arn:${world.partition}:cloudwatch::${world.account}:dashboard/${name}`

  const operations: Record<string, Operation> = {
    PutDashboard(input, call) {
      const name = required(input, 'DashboardName')
      call.authorize('cloudwatch:PutDashboard', arnOf(name))
      const body = required(input, 'DashboardBody')
      const complaints = [...nameComplaints(name), ...bodyComplaints(body)]
      if (complaints.length > 0) {
        throw new AwsFault('DashboardInvalidInputError', 'The dashboard is invalid', 400, {
          dashboardValidationMessages: complaints,
        })
      }
      dashboards.set(name, { body, modifiedAt: world.now() })
      return { DashboardValidationMessages: [] }
    },
    GetDashboard(input, call) {
      const name = required(input, 'DashboardName')
      call.authorize('cloudwatch:GetDashboard', arnOf(name))
      const found = dashboards.get(name)
      if (!found) throw notFound(name)
      return { DashboardArn: arnOf(name), DashboardBody: found.body, DashboardName: name }
    },
    ListDashboards(input, call) {
      call.authorize('cloudwatch:ListDashboards', '*')
      const prefix = optionalText(input, 'DashboardNamePrefix') ?? ''
      const all = [...dashboards].filter(([name]) => name.startsWith(prefix)).sort()
      const { items, next } = page(all, optionalText(input, 'NextToken'), world.pageSize)
      const entries = items.map(([name, { body, modifiedAt }]) => ({
        DashboardName: name,
        DashboardArn: arnOf(name),
        LastModified: new Date(modifiedAt),
        Size: Buffer.byteLength(body),
      }))
      return { DashboardEntries: entries, NextToken: next }
    },
    /** All of them or none. */
    DeleteDashboards(input, call) {
      const names = list(input, 'DashboardNames')
      for (const name of names) call.authorize('cloudwatch:DeleteDashboards', arnOf(name))
      if (names.length === 0) throw invalid('At least one dashboard name is required.')
      const missing = names.find((name) => !dashboards.has(name))
      if (missing !== undefined) throw notFound(missing)
      for (const name of names) dashboards.delete(name)
      return {}
    },
  }

  return { operations, names: () => [...dashboards.keys()] }
}

function nameComplaints(name: string): Complaint[] {
  if (/^[\w-]{1,255}$/.test(name)) return []
  return [{ DataPath: '', Message: `The value ${name} for field DashboardName contains invalid characters.` }]
}

const kinds = ['metric', 'text', 'log', 'alarm', 'explorer', 'custom']

function bodyComplaints(body: string): Complaint[] {
  const document = readObject(Buffer.from(body))
  if (!document) return [{ DataPath: '', Message: 'The field DashboardBody must be a valid JSON object' }]
  const { widgets } = document
  if (!Array.isArray(widgets)) {
    return [{ DataPath: '', Message: 'The dashboard body must have a list of widgets' }]
  }
  if (widgets.length > 500) return [{ DataPath: '/widgets', Message: 'At most 500 widgets are allowed' }]
  return widgets.flatMap((widget, index) =>
    widgetComplaints(widget).map((Message) => ({ DataPath: `/widgets/${index}`, Message })),
  )
}

function widgetComplaints(widget: unknown): string[] {
  if (!isObject(widget)) return ['Should be an object']
  const { type, properties } = widget
  const within = (key: string, least: number, most: number) => {
    const value = optionalNumber(widget, key)
    return value === undefined || (value >= least && value <= most) ? [] : [`${key} is out of bounds`]
  }
  return [
    ...(kinds.includes(String(type)) ? [] : [`${type} is no type of a widget`]),
    ...within('x', 0, 23),
    ...within('width', 1, 24),
    ...within('height', 1, 1000),
    ...(isObject(properties) ? propertyComplaints(String(type), properties) : ['Should have properties']),
  ]
}

function propertyComplaints(type: string, properties: Input): string[] {
  if (type === 'text') return properties.markdown ? [] : ['Should have required property markdown']
  if (type === 'alarm')
    return Array.isArray(properties.alarms) ? [] : ['Should have required property alarms']
  if (type !== 'metric') return []
  const { metrics, annotations, region } = properties
  return [
    ...(region ? [] : ['Should have required property region']),
    ...(Array.isArray(metrics) || isObject(annotations) ? [] : ['Should have metrics or annotations']),
  ]
}
