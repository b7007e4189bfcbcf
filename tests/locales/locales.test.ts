import { expect, test } from 'vitest';
import { baseKey, LANGUAGES, type Language, localeFiles, placeholdersOf, sentencesOf } from '../support/locale-files.ts';

const others = LANGUAGES.filter((language) => language !== 'en');

function basesOf(language: Language): Map<string, string[]> {
  const sentences = sentencesOf(language);
  const bases = new Map<string, string[]>();
  for (const [key, sentence] of sentences) {
    const base = baseKey(key, sentences);
    bases.set(base, [...(bases.get(base) ?? []), ...placeholdersOf(sentence)]);
  }
  return bases;
}

test.each(others)('%s has exactly the keys of en', (language) => {
  const [en, other] = [[...basesOf('en').keys()], [...basesOf(language).keys()]];
  expect({ missing: en.filter((key) => !other.includes(key)), surplus: other.filter((key) => !en.includes(key)) }).toEqual({
    missing: [],
    surplus: [],
  });
});

test.each(others)('every sentence of %s has the same parameters as in en', (language) => {
  const en = basesOf('en');
  const unlike = [...basesOf(language)].filter(([key, names]) => {
    const expected = new Set(en.get(key) ?? names);
    return differing(new Set(names), expected).length > 0;
  });
  expect(unlike.map(([key, names]) => `${key}: ${names.join(', ')}`)).toEqual([]);
});

test.each(LANGUAGES)('every counted sentence of %s has all plural forms of the language and no other', (language) => {
  const sentences = sentencesOf(language);
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const faults = [...sentences.keys()].flatMap((key) => {
    const base = baseKey(key, sentences);
    if (base === key) return [];
    const missing = categories
      .filter((category) => !sentences.has(`${base}_${category}`))
      .map((category) => `${base}_${category} is missing`);
    return categories.some((category) => key === `${base}_${category}`)
      ? missing
      : [...missing, `${key} is never used in ${language}`];
  });
  expect([...new Set(faults)]).toEqual([]);
});

test('a key with plural forms has them in every language', () => {
  const counted = LANGUAGES.map((language) => {
    const sentences = sentencesOf(language);
    return new Set([...sentences.keys()].filter((key) => baseKey(key, sentences) !== key).map((key) => baseKey(key, sentences)));
  });
  const [en = new Set<string>(), ...rest] = counted;
  expect(rest.flatMap((other) => differing(en, other))).toEqual([]);
});

test('no sentence is empty or equal to its key', () => {
  const bad = localeFiles.flatMap((file) =>
    [...file.sentences]
      .filter(([key, sentence]) => sentence.trim() === '' || sentence === key)
      .map(([key]) => `${file.path}: ${key}`),
  );
  expect(bad).toEqual([]);
});

test('keys are sorted in every file', () => {
  expect(localeFiles.flatMap((file) => unsorted(file.content, file.path))).toEqual([]);
});

test('Uzbek is written with ʻ in oʻ and gʻ and ʼ for the stop', () => {
  const straight = [...sentencesOf('uz')].filter(([, sentence]) => /[oOgG]['’‘`´ʼ]|\p{L}['’‘`´]\p{L}/u.test(sentence));
  expect(straight.map(([key, sentence]) => `${key}: ${sentence}`)).toEqual([]);
});

test('no language has letters of the other script, names of languages aside', () => {
  const cyrillicInLatin = (['en', 'uz'] as const).flatMap((language) =>
    [...sentencesOf(language)].filter(([, sentence]) => /\p{Script=Cyrillic}/u.test(sentence)),
  );
  expect(cyrillicInLatin.filter(([, sentence]) => !/Русский|Ўзбекча/.test(sentence)).map(([key]) => key)).toEqual([]);
});

function unsorted(node: Record<string, unknown>, path: string): string[] {
  const keys = Object.keys(node);
  const nested = Object.entries(node).flatMap(([key, value]) =>
    typeof value === 'object' && value ? unsorted(value as Record<string, unknown>, `${path}: ${key}`) : [],
  );
  return keys.join() === keys.toSorted().join() ? nested : [path, ...nested];
}

/** What only one of the two has. */
function differing(a: Set<string>, b: Set<string>): string[] {
  return [...[...a].filter((key) => !b.has(key)), ...[...b].filter((key) => !a.has(key))];
}
