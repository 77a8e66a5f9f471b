import { expect, it } from 'vitest'
import { chooseLanguage } from '../../../triggers/rounds/language.ts'

it('the language is that of the locale, exactly, by language alone, or the first', () => {
  const languages = ['en_US', 'pt_BR', 'zh_CN']
  expect(chooseLanguage(languages, 'pt-BR')).toBe('pt_BR')
  expect(chooseLanguage(languages, 'pt_PT')).toBe('pt_BR')
  expect(chooseLanguage(languages, 'ZH')).toBe('zh_CN')
  expect(chooseLanguage(languages, 'xx')).toBe('en_US')
  expect(chooseLanguage(languages, undefined)).toBe('en_US')
})
