import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import annotation from './en/annotation.json' with { type: 'json' }
import common from './en/common.json' with { type: 'json' }
import library from './en/library.json' with { type: 'json' }
import tools from './en/tools.json' with { type: 'json' }
import unsynced from './en/unsynced.json' with { type: 'json' }
import viewer from './en/viewer.json' with { type: 'json' }

const resources = { en: { common, library, viewer, annotation, tools, unsynced } } as const

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: (typeof resources)['en']
  }
}

/** Starts the words of one language; keys are typed by the English file, which is complete. */
export const createI18n = (language = 'en'): i18n => {
  const instance = i18next.createInstance()
  void instance.use(initReactI18next).init({ lng: language, fallbackLng: 'en', defaultNS: 'common', ns: ['common', 'library', 'viewer', 'annotation', 'tools', 'unsynced'], resources, interpolation: { escapeValue: false }, returnNull: false })
  return instance
}

export { I18nextProvider, useTranslation } from 'react-i18next'

/** How the language orders texts, numbers in them by their value. */
export const textOrder = (language: string): ((a: string, b: string) => number) => new Intl.Collator(language, { numeric: true }).compare

/** A number of a table, with all its digits and nothing between them: a year stays a year. */
export const formatExact = (value: number, language: string): string => new Intl.NumberFormat(language, { useGrouping: false, maximumFractionDigits: 12 }).format(value)

/** Numbers and dates as the language writes them. */
export const formatNumber = (value: number, language: string): string => new Intl.NumberFormat(language).format(value)
export const formatDate = (iso: string, language: string): string => new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(new Date(iso))
/** A moment of this device, to the minute, in its own time zone. */
export const formatMoment = (iso: string, language: string): string => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(new Date(iso))
