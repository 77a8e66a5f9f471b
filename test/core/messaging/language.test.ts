import { expect, it } from 'vitest'
import { chooseLanguage } from '../../../src/core/messaging/language.ts'

it('the language is that of the locale, exactly, by language alone, or the first', () => {
  const languages = ['en_US', 'pt_BR', 'zh_CN']
  expect(chooseLanguage(languages, 'pt-BR')).toBe('pt_BR')
  expect(chooseLanguage(languages, 'pt_PT')).toBe('pt_BR')
  expect(chooseLanguage(languages, 'ZH')).toBe('zh_CN')
  expect(chooseLanguage(languages, 'xx')).toBe('en_US')
  expect(chooseLanguage(languages, undefined)).toBe('en_US')
})

it('a language in the very form of the locale goes before others of the same language', () => {
  expect(chooseLanguage(['pt_PT', 'pt_BR'], 'pt-BR')).toBe('pt_BR')
  expect(chooseLanguage(['en_GB', 'en_US'], 'EN_us')).toBe('en_US')
  expect(chooseLanguage(['zh_CN', 'zh_TW'], 'zh')).toBe('zh_CN')
})

it('without a language there is none', () => {
  expect(chooseLanguage([], 'en')).toBe('')
})
