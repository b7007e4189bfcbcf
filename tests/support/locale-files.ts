import { basename } from 'node:path';
import { filesOf, textOf } from './source-tree.ts';

export const LANGUAGES = ['en', 'ru', 'uz'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface LocaleFile {
  path: string;
  language: Language;
  feature: string;
  content: Record<string, unknown>;
  /** `<feature>.<part>.<thing>` → sentence. */
  sentences: Map<string, string>;
}

export const localeFiles: LocaleFile[] = LANGUAGES.flatMap((language) =>
  filesOf(`locales/${language}/*.json`).map((path) => {
    const feature = basename(path, '.json');
    const content = JSON.parse(textOf(path)) as Record<string, unknown>;
    return { path, language, feature, content, sentences: new Map(flatten(content, feature)) };
  }),
);

/** All sentences of a language. */
export function sentencesOf(language: Language): Map<string, string> {
  return new Map(localeFiles.filter((file) => file.language === language).flatMap((file) => [...file.sentences]));
}

const PLURAL_SUFFIX = /_(zero|one|two|few|many|other)$/;

/** `a.b_one` → `a.b`, where the language's plurals of it exist; any other key is itself. */
export function baseKey(key: string, sentences: Map<string, string>): string {
  const base = key.replace(PLURAL_SUFFIX, '');
  return base !== key && sentences.has(`${base}_other`) ? base : key;
}

/** The names in {{…}}. */
export const placeholdersOf = (sentence: string): string[] =>
  [...new Set([...sentence.matchAll(/\{\{-?\s*([\w.]+)[^}]*\}\}/g)].map(([, name]) => name as string))].sort();

function flatten(node: Record<string, unknown>, path: string): [string, string][] {
  return Object.entries(node).flatMap(([key, value]): [string, string][] =>
    typeof value === 'object' && value !== null
      ? flatten(value as Record<string, unknown>, `${path}.${key}`)
      : [[`${path}.${key}`, String(value)]],
  );
}
