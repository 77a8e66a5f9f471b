import { describe, expect, it } from 'vitest'
import { createTheme, wantsColor } from '../../src/terminal/theme.ts'

describe('colour', () => {
  it('is for terminals', () => {
    expect(wantsColor({ env: {}, isTTY: true })).toBe(true)
    expect(wantsColor({ env: {}, isTTY: false })).toBe(false)
    expect(wantsColor({ env: {}, isTTY: undefined })).toBe(false)
  })

  it.each([
    ['NO_COLOR beats everything that asks for it', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['an empty NO_COLOR counts as unset', { NO_COLOR: '' }, true, true],
    ['FORCE_COLOR paints where there is no terminal', { FORCE_COLOR: '1' }, false, true],
    ['FORCE_COLOR=0 is a no', { FORCE_COLOR: '0' }, true, false],
    ['CI is plain', { CI: 'true' }, true, false],
    ['CI with FORCE_COLOR is painted', { CI: 'true', FORCE_COLOR: '3' }, false, true],
    ['CI=false is no CI', { CI: 'false' }, true, true],
    ['a dumb terminal is plain', { TERM: 'dumb' }, true, false],
  ])('%s', (_, env, isTTY, expected) => {
    expect(wantsColor({ env, isTTY })).toBe(expected)
  })

  it('goes with --no-color, whatever the environment says', () => {
    expect(wantsColor({ env: { FORCE_COLOR: '1' }, isTTY: true, noColor: true })).toBe(false)
  })

  it('leaves symbols that can be told apart without it', () => {
    const { done, failed, create, update, delete: gone, keep } = createTheme(false)
    expect(new Set([done, failed, create, update, gone, keep]).size).toBe(6)
    expect(done).toBe('✓')
  })
})
