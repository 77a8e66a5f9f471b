import { describe, expect, it } from 'vitest'
import type { Plan } from '../../src/engine/plan.ts'
import { widthOf } from '../../src/terminal/layout.ts'
import { createTheme } from '../../src/terminal/theme.ts'
import { planLines } from '../../src/views/plan-view.ts'

const theme = createTheme(false)
const plan: Plan = [
  {
    id: 'role:preSignUp',
    kind: 'role',
    name: 'whatsapp-otp-dev-eu-central-1-preSignUp',
    action: 'create',
    fields: [],
  },
  {
    id: 'function:preSignUp',
    kind: 'function',
    name: 'whatsapp-otp-dev-preSignUp',
    action: 'update',
    fields: [
      { field: 'environment.OTP_EXPIRY_MINUTES', from: '5', to: '10' },
      { field: 'memory', to: '256' },
    ],
  },
  { id: 'table', kind: 'table', name: 'whatsapp-otp-dev', action: 'keep', fields: [] },
  {
    id: 'pool',
    kind: 'pool',
    name: 'WhatsApp-otp-auth-pool-dev',
    action: 'replace-refused',
    fields: [
      {
        field: 'schema.custom:auth_purpose',
        from: 'Number',
        to: 'String',
        blocked: 'an attribute keeps its type',
      },
    ],
    why: 'an attribute keeps its type',
  },
]

describe('a plan', () => {
  it('shows what changes, what is refused and why, and counts the rest', () => {
    expect(planLines(plan, { theme })).toEqual([
      '+ create  role preSignUp  whatsapp-otp-dev-eu-central-1-preSignUp',
      '~ update  function preSignUp  whatsapp-otp-dev-preSignUp',
      '    environment.OTP_EXPIRY_MINUTES: 5 → 10',
      '    memory: (none) → 256',
      '! refused pool  WhatsApp-otp-auth-pool-dev',
      '    why: an attribute keeps its type',
      '    schema.custom:auth_purpose: Number → String',
      '',
      'Plan: 1 to create, 1 to update, 0 to delete, 1 unchanged, 1 refused',
    ])
  })

  it('shows what of others is there, also where nothing changes, and counts it', () => {
    const role = {
      ...plan[2]!,
      dangers: [
        { what: 'the policy a\nb', why: 'it allows more', next: 'aws iam detach', isGrave: true as const },
        { what: 'the policy c', why: 'it allows more', next: 'aws iam delete' },
      ],
    }
    expect(planLines([role], { theme })).toEqual([
      '✖ table whatsapp-otp-dev: the policy a b',
      '    it allows more',
      '    next: aws iam detach',
      '! table whatsapp-otp-dev: the policy c',
      '    it allows more',
      '    next: aws iam delete',
      '',
      'Plan: 0 to create, 0 to update, 0 to delete, 1 unchanged, 2 not ours to change',
    ])
  })

  it('shows what to do about a refusal, where there is more than to set it back', () => {
    const fields = [
      { field: 'environment', from: 'unreadable', blocked: 'no key', next: ['give it the key'] },
    ]
    const lines = planLines([{ ...plan[3]!, fields, why: 'no key' }], { theme })
    expect(lines).toContain('    next: give it the key')
  })

  it('fits into forty columns and loses no field and no value', () => {
    const lines = planLines(plan, { theme, width: 40 })
    expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(40)
    const letters = lines.join('').replace(/\s/g, '')
    for (const part of [
      'environment.OTP_EXPIRY_MINUTES',
      'schema.custom:auth_purpose',
      '→String',
      'Number',
    ]) {
      expect(letters).toContain(part)
    }
  })

  it('without changes is its counts alone', () => {
    expect(planLines([plan[2]!], { theme })).toEqual([
      'Plan: 0 to create, 0 to update, 0 to delete, 1 unchanged',
    ])
  })

  it('names what a destroy leaves alone because it belongs to somebody else', () => {
    const lines = planLines([{ ...plan[2]!, why: 'whatsapp-otp did not make it' }], { theme })
    expect(lines[0]).toContain('= keep')
    expect(lines[1]).toContain('whatsapp-otp did not make it')
  })
})
