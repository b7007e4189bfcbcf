import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isForeignWord } from '../../src/core/foreign-words.ts';
import { inScriptOf } from '../../src/core/in-script.ts';
import { loanWordToCyrillic } from '../../src/core/uzbek-loan-words.ts';
import { cyrillicToLatin, latinToCyrillic } from '../../src/core/uzbek-script.ts';
import { soak } from '../support/soak.ts';

test.each([
  ['Buni aniqlab, sizga tez orada yozamiz.', 'Буни аниқлаб, сизга тез орада ёзамиз.'],
  ['Oʻzbekiston, gʻisht va choʻl', 'Ўзбекистон, ғишт ва чўл'],
  ["To'g'ri, ma'lumot", 'Тўғри, маълумот'],
  ['Eshik, ertaga, poeziya, keldi', 'Эшик, эртага, поэзия, келди'],
  ['Yetkazib berish yoʻl yaxshi yulduz', 'Етказиб бериш йўл яхши юлдуз'],
  ['SHOSHILINCH XABAR', 'ШОШИЛИНЧ ХАБАР'],
  ['Shahar Choyxona Yoz', 'Шаҳар Чойхона Ёз'],
  ['Isʼhoq', 'Исҳоқ'],
])('%s is readable in Cyrillic', (latin, cyrillic) => {
  expect(latinToCyrillic(latin)).toBe(cyrillic);
});

test.each([
  '{{name}}',
  'https://example.com/sh?a=ch',
  '@shoh_bot',
  '/language',
  'ali@example.com',
  '<b>',
])('%s stays Latin', (kept) => {
  expect(latinToCyrillic(`Salom ${kept} rahmat`)).toBe(`Салом ${kept} раҳмат`);
});

test.each([
  ['iPhone 13 batareyasi 40 daqiqada', 'iPhone 13 батареяси 40 дақиқада'],
  ['Samsung S23 ekrani 64GB', 'Samsung S23 экрани 64GB'],
  ['Toʻlov Click, Payme va Uzcard orqali', 'Тўлов Click, Payme ва Uzcard орқали'],
  ['SMS keladi, Wi-Fi bor', 'SMS келади, Wi-Fi бор'],
  ['10ta non, 2-qavat, 1kg', '10та нон, 2-қават, 1кг'],
  ['XL — 50–52', 'XL — 50–52'],
  ['Konsert 15-sentabr, albom va aksiya', 'Концерт 15-сентябрь, альбом ва акция'],
  ['yanvarda, aprelgacha, kalendari', 'январда, апрелгача, календари'],
  ['operatsiya, konsultatsiya, stansiyada', 'операция, консультация, станцияда'],
  ['premyera, obyekt, sanʼat', 'премьера, объект, санъат'],
])('%s is spelt right in Cyrillic', (latin, cyrillic) => {
  expect(latinToCyrillic(latin)).toBe(cyrillic);
});

test.each([
  ['Буни аниқлаб, сизга тез орада ёзамиз.', 'Buni aniqlab, sizga tez orada yozamiz.'],
  ['Ўзбекистон, ғишт ва чўл', 'Oʻzbekiston, gʻisht va choʻl'],
  ['Тўғри, маълумот, санъат', 'Toʻgʻri, maʼlumot, sanʼat'],
  ['Ер, эшик, поезд, поэзия', 'Yer, eshik, poyezd, poeziya'],
  ['ЯНГИ ЧОЙ, Чой, Юлдуз', 'YANGI CHOY, Choy, Yulduz'],
  ['Исҳоқ, акция, концерт, лицей, конституция', 'Isʼhoq, aksiya, konsert, litsey, konstitutsiya'],
  ['iPhone 11 64GB 2 400 000 сўм', 'iPhone 11 64GB 2 400 000 soʻm'],
  ['объект, сентябрь, альбом', 'obyekt, sentyabr, albom'],
])('%s is spelt right in Latin', (cyrillic, latin) => {
  expect(cyrillicToLatin(cyrillic)).toBe(latin);
});

test.each([
  ['iyul', 'июль'],
  ['Yanvar', 'Январь'],
  ['medal', 'медаль'],
  ['aksiya', 'акция'],
  ['investitsiya', 'инвестиция'],
])('the loan word %s gets the letters that Latin does not show', (latin, cyrillic) => {
  expect(latinToCyrillic(latin)).toBe(cyrillic);
});

const LATIN = [...'abdefghijklmnopqrstuvxyz', 'oʻ', 'gʻ', 'sh', 'ch', 'ng', 'ya', 'yo', 'yu', 'ye', 'nʼa', 'mʼe', 'sʼh'];
// Without ц, щ, ы and ь, which Latin does not show, and without э and й where spelling has е and я.
const CYRILLIC = [...'абвгғдёжзийкқлмнопрстуўфхҳчшюя', 'нъа', 'ме', 'ле'];
const wordOf = (letters: string[]) =>
  fc
    .array(fc.constantFrom(...letters), { minLength: 1, maxLength: 12 })
    .chain((parts) => fc.constantFrom(parts.join(''), capitalised(parts.join(''))));
const capitalised = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

test('every Latin word comes back from Cyrillic as it was', () => {
  fc.assert(
    fc.property(
      wordOf(LATIN).filter((word) => word.length > 1 && !isForeignWord(word)),
      (word) => {
        expect(cyrillicToLatin(latinToCyrillic(word))).toBe(word);
      },
    ),
    { numRuns: soak(1_000, 5_000) },
  );
});

test('every native Cyrillic word comes back from Latin as it was', () => {
  // Latin spelling does not show ц in the endings of loan words, nor ь in the loan words the product knows.
  const notNative = /й[аоуеэё]|[кт]си(?:я|ё|йў)|ъ[еёюя]/i;
  fc.assert(
    fc.property(
      wordOf(CYRILLIC).filter((word) => word.length > 1 && !notNative.test(word)),
      (word) => {
        const latin = cyrillicToLatin(word);
        fc.pre(!isForeignWord(latin) && loanWordToCyrillic(latin) === null);
        expect(latinToCyrillic(latin)).toBe(word);
      },
    ),
    { numRuns: soak(1_000, 5_000) },
  );
});

interface Fixture {
  entries: { lang: string; title: string; content: string }[];
}
const ENTRIES = ['bakery', 'clothes', 'courses', 'dental'].flatMap(
  (name): Fixture['entries'] =>
    JSON.parse(readFileSync(new URL(`../fixtures/answers/${name}.json`, import.meta.url), 'utf8')).entries,
);
const textsIn = (lang: string) =>
  ENTRIES.filter((entry) => entry.lang === lang).map(({ title, content }) => `${title}\n${content}`);

test('what owners wrote in Cyrillic has no Cyrillic letter for a reader of Latin', () => {
  const texts = textsIn('uz-Cyrl');
  expect(texts.length).toBeGreaterThan(15);
  for (const text of texts) expect(inScriptOf('uz', text)).not.toMatch(/\p{Script=Cyrillic}/u);
});

test('what owners wrote in Latin is Cyrillic for a reader of Cyrillic, but for names', () => {
  const texts = textsIn('uz');
  expect(texts.length).toBeGreaterThan(40);
  for (const text of texts) {
    const left = inScriptOf('uz-Cyrl', text)
      .replace(/https?:\S+|@\w+|\S+@\S+|[\w.]+\.uz\S*/g, '')
      .match(/\p{Script=Latin}{2,}/gu);
    expect(left?.filter((word) => /[oʻgʻ]ʻ|sh|lar|ni$|dan$/.test(word)) ?? []).toEqual([]);
  }
});

test.each(['ru', 'en'] as const)('a reader of %s gets the text as it was written', (language) => {
  for (const { content } of ENTRIES) expect(inScriptOf(language, content)).toBe(content);
});

test('Russian sentences stay Russian for readers of Uzbek', () => {
  for (const text of textsIn('ru')) expect(inScriptOf('uz', text)).toBe(text);
});
