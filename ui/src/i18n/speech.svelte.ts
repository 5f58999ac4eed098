/**
 * The words of the window, in the language that was chosen. Every text is a key of messages/en.json.
 */
import { IntlMessageFormat } from 'intl-messageformat';
import da from '../../messages/da.json';
import en from '../../messages/en.json';
import fi from '../../messages/fi.json';

export type Key = keyof typeof en;
export type Language = 'da' | 'fi' | 'en';
/** What can stand in a text. */
export type Params = Record<string, string | number>;

const WORDS: Record<Language, Record<Key, string>> = { da, en, fi };
const LOCALE: Record<Language, string> = { da: 'da-DK', fi: 'fi-FI', en: 'en-GB' };
let language = $state<Language>('en');
const formats = new Map<string, IntlMessageFormat>();

/** Speaks this language from now on; everything shown follows. */
export function speak(to: Language): void {
  language = to;
}

/** The language that is spoken. */
export function spoken(): Language {
  return language;
}

/** Its locale, for `Intl`. */
export function locale(): string {
  return LOCALE[language];
}

/** The language of the system, or English when it is none of ours. */
export function systemLanguage(languages: readonly string[] = navigator.languages): Language {
  const first = languages.map((tag) => tag.slice(0, 2)).find((tag) => tag in WORDS);
  return (first as Language | undefined) ?? 'en';
}

/** The text of `key` with its arguments. */
export function t(key: Key, params?: Params): string {
  return tIn(language, key, params);
}

/** The same in another language than the window's: for what the customer reads. */
export function tIn(language: Language, key: Key, params?: Params): string {
  const id = `${language} ${key}`;
  let format = formats.get(id);
  if (!format) {
    format = new IntlMessageFormat(WORDS[language][key], LOCALE[language], undefined, { ignoreTag: true });
    formats.set(id, format);
  }
  return String(format.format(params));
}
