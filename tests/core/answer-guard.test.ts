import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unsupportedClaims } from '../../src/core/answer-guard.ts';
import { nowLine } from '../../src/core/now-line.ts';
import { soak } from '../support/soak.ts';

const RUNS = { numRuns: soak(150, 500) };
const passes = (answer: string, given: string, asked = ''): boolean =>
  unsupportedClaims(answer, { texts: [given], asked }).length === 0;

const grouped = (separator: string) => (amount: number) => String(amount).replace(/\B(?=(\d{3})+$)/g, separator);
const AMOUNT_SPELLINGS: readonly ((amount: number) => string)[] = [
  String,
  ...[' ', '\u00a0', '\u202f', ',', '.'].map(grouped),
  (amount) => (amount % 1_000 === 0 ? `${amount / 1_000} ming` : String(amount)),
  (amount) => (amount % 1_000 === 0 ? `${amount / 1_000} минг` : String(amount)),
  (amount) => (amount % 1_000 === 0 ? `${amount / 1_000} тыс.` : String(amount)),
  (amount) => (amount % 1_000 === 0 ? `${amount / 1_000}k` : String(amount)),
  (amount) => (amount % 100_000 === 0 ? `${amount / 1_000_000} mln` : grouped(' ')(amount)),
  (amount) => (amount % 100_000 === 0 ? `${String(amount / 1_000_000).replace('.', ',')} млн` : grouped(' ')(amount)),
];
const CURRENCIES = [" so'm", ' soʻm', ' so‘m', ' сўм', ' сум', ' UZS', " so'mdan", ''];
const amounts = fc.integer({ min: 2, max: 9_999 }).chain((n) => fc.constantFrom(n * 500, n * 1_000, n * 100_000));
const amountSpelling = fc.tuple(fc.constantFrom(...AMOUNT_SPELLINGS), fc.constantFrom(...CURRENCIES));

describe('prices', () => {
  test('a price passes in every spelling, whatever the spelling in the knowledge', () => {
    fc.assert(
      fc.property(amounts, amountSpelling, amountSpelling, (amount, [write, currency], [rewrite, otherCurrency]) => {
        expect(
          passes(`Narxi ${rewrite(amount)}${otherCurrency}.`, `Tort narxi: ${write(amount)}${currency}, buyurtma bering.`),
        ).toBe(true);
      }),
      RUNS,
    );
  });

  test('another price is stopped in every spelling', () => {
    fc.assert(
      fc.property(
        amounts,
        amounts,
        amountSpelling,
        amountSpelling,
        (amount, other, [write, currency], [rewrite, otherCurrency]) => {
          fc.pre(amount !== other);
          expect(passes(`Narxi ${rewrite(other)}${otherCurrency}.`, `Tort narxi: ${write(amount)}${currency}.`)).toBe(false);
        },
      ),
      RUNS,
    );
  });

  test.each([
    ['ellik ming soʻm', '50 000 soʻm'],
    ['пятьдесят пять тысяч сум', '55 000 сум'],
    ['бир миллион икки юз минг сўм', '1 200 000'],
    ['1 mln 200 ming soʻm', '1.2 mln'],
    ['one hundred twenty thousand', '120 000'],
    ['350 000–850 000 soʻm', '350-850 ming soʻm'],
    ['350 va 900 ming', '350 000 soʻm, 900 000 soʻm'],
    ['iPhone 13 650 000', 'iPhone 13 ekrani 650 000 soʻm'],
    ['Chegirma 15%', '15 foiz chegirma'],
    ['**20 000** soʻm', '20000 soʻm'],
  ])('%j and %j say the same', (given, answer) => {
    expect(passes(answer, given)).toBe(true);
    expect(passes(given, answer)).toBe(true);
  });

  test.each([
    ['20 000 soʻm', '20%'],
    ['10 dona 500 soʻm', '10 500 soʻm'],
    ['1 700 000 soʻm', '700 000 soʻm'],
    ['20 ming soʻm', 'oʻttiz ming soʻm'],
    ['20 ming soʻm', '$20 000 emas, 25 dollar'],
  ])('from %j the answer %j does not follow', (given, answer) => {
    expect(passes(answer, given)).toBe(false);
  });

  test('a price times what the customer wants, and a sum of prices, follow from what is given', () => {
    expect(passes('3 ta somsa 29 250 soʻm', 'Somsa 9 750 soʻm', '3 ta somsa qancha?')).toBe(true);
    expect(passes('29 250 soʻm', 'Somsa 9 750 soʻm', 'uchta somsa qancha')).toBe(true);
    expect(passes('Tort 180 000 + yetkazish 20 000 = 200 000 soʻm', 'Tort 180 000. Yetkazish 20 000.')).toBe(true);
    expect(passes('29 250 soʻm', 'Somsa 9 750 soʻm', 'somsa qancha?')).toBe(false);
  });
});

describe('telephone numbers', () => {
  const SPELLINGS: readonly ((op: string, number: string) => string)[] = [
    (op, n) => `+998${op}${n}`,
    (op, n) => `+998 ${op} ${n.slice(0, 3)} ${n.slice(3, 5)} ${n.slice(5)}`,
    (op, n) => `+998 (${op}) ${n.slice(0, 3)}-${n.slice(3, 5)}-${n.slice(5)}`,
    (op, n) => `+998-${op}-${n.slice(0, 3)}-${n.slice(3, 5)}-${n.slice(5)}`,
    (op, n) => `998${op}${n}`,
    (op, n) => `(${op}) ${n.slice(0, 3)}-${n.slice(3, 5)}-${n.slice(5)}`,
    (op, n) => `${op} ${n.slice(0, 3)} ${n.slice(3, 5)} ${n.slice(5)}`,
    (op, n) => `${op}-${n.slice(0, 3)}-${n.slice(3, 5)}-${n.slice(5)}`,
    (op, n) => `${op}${n}`,
    (op, n) => `${op} ${n}`,
    (op, n) => `8 ${op} ${n.slice(0, 3)} ${n.slice(3, 5)} ${n.slice(5)}`,
    (op, n) => `${op}.${n.slice(0, 3)}.${n.slice(3, 5)}.${n.slice(5)}`,
  ];
  const operator = fc.constantFrom('90', '91', '93', '94', '95', '97', '98', '99', '33', '88', '71', '77');
  const seven = fc.integer({ min: 2_000_000, max: 9_999_999 }).map(String);
  const spelling = fc.constantFrom(...SPELLINGS);

  test('a number passes in every spelling', () => {
    fc.assert(
      fc.property(operator, seven, spelling, spelling, (op, number, write, rewrite) => {
        expect(passes(`Telefon: ${rewrite(op, number)}.`, `Qoʻngʻiroq qiling: ${write(op, number)} (Dilnoza)`)).toBe(true);
      }),
      RUNS,
    );
  });

  test('another number is stopped in every spelling', () => {
    fc.assert(
      fc.property(operator, seven, seven, spelling, spelling, (op, number, other, write, rewrite) => {
        fc.pre(number !== other);
        expect(passes(`Telefon: ${rewrite(op, other)}.`, `Telefon: ${write(op, number)}`)).toBe(false);
      }),
      RUNS,
    );
  });

  test('a number of the city is known without its code, and a card number is a number too', () => {
    expect(passes('200-14-14', '+998 71 200 14 14')).toBe(true);
    expect(passes('8600 1234 5678 9012', 'Karta: 8600123456789012')).toBe(true);
    expect(passes('8600 1234 5678 9013', 'Karta: 8600123456789012')).toBe(false);
  });
});

describe('times', () => {
  const two = (n: number) => String(n).padStart(2, '0');
  const hour = fc.integer({ min: 0, max: 23 });
  const minute = fc.constantFrom(0, 10, 15, 20, 30, 40, 45, 50);
  const SPELLINGS: readonly ((h: number, m: number) => string)[] = [
    (h, m) => `${h}:${two(m)}`,
    (h, m) => `${two(h)}:${two(m)}`,
    (h, m) => `${two(h)}.${two(m)}`,
    (h, m) => (m === 0 ? `soat ${h} da` : `soat ${h}:${two(m)} da`),
    (h, m) => (m === 30 ? `soat ${h} yarim` : `${h}:${two(m)}`),
  ];
  const spelling = fc.constantFrom(...SPELLINGS);

  test('a time passes in every spelling; another one is stopped', () => {
    fc.assert(
      fc.property(hour, minute, hour, minute, spelling, spelling, (h, m, otherHour, otherMinute, write, rewrite) => {
        expect(passes(`Ochilamiz: ${rewrite(h, m)}`, `Ish boshlanishi ${write(h, m)}`)).toBe(true);
        fc.pre(otherHour % 12 !== h % 12 || otherMinute !== m);
        expect(passes(`Ochilamiz: ${rewrite(otherHour, otherMinute)}`, `Ish boshlanishi ${write(h, m)}`)).toBe(false);
      }),
      RUNS,
    );
  });

  test.each([
    ['9:00–18:00', '9 dan 18 gacha'],
    ['9:00–18:00', 'с 9 до 18'],
    ['9:00–18:00', 'from 9 am to 6 pm'],
    ['Har kuni 9 dan 18 gacha', '9:00 dan 18:00 gacha'],
    ['с 9 до 18', '09:00–18:00'],
    ['18:00 gacha', 'kechki 6 gacha'],
    ['до 18:00', 'до 6 вечера'],
  ])('%j and %j say the same', (given, answer) => expect(passes(answer, given)).toBe(true));

  test.each([
    ['9:00–18:00', '8 dan 20 gacha'],
    ['9:00–18:00', 'с 10 до 22'],
    ['9:00–18:00', 'soat 7 da'],
    ['9:00–18:00', '18:30'],
  ])('from %j the answer %j does not follow', (given, answer) => expect(passes(answer, given)).toBe(false));
});

describe('days', () => {
  const MONTHS = {
    uz: 'yanvar fevral mart aprel may iyun iyul avgust sentabr oktabr noyabr dekabr'.split(' '),
    cyrl: 'январ феврал март апрел май июн июл август сентябр октябр ноябр декабр'.split(' '),
    ru: 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' '),
    en: 'January February March April May June July August September October November December'.split(' '),
  };
  const two = (n: number) => String(n).padStart(2, '0');
  const SPELLINGS: readonly ((day: number, month: number) => string)[] = [
    (d, m) => `${d}-${MONTHS.uz[m - 1]}`,
    (d, m) => `${d} ${MONTHS.uz[m - 1]}da`,
    (d, m) => `${d}-${MONTHS.cyrl[m - 1]}`,
    (d, m) => `${d} ${MONTHS.ru[m - 1]}`,
    (d, m) => `${MONTHS.en[m - 1]} ${d}`,
    (d, m) => `${d} ${MONTHS.en[m - 1]} 2026`,
    (d, m) => `${two(d)}.${two(m)}.2026`,
    (d, m) => `2026-${two(m)}-${two(d)}`,
    (d, m) => `${two(d)}/${two(m)}/2026`,
  ];
  const date = fc.tuple(fc.integer({ min: 1, max: 28 }), fc.integer({ min: 1, max: 12 }));
  const spelling = fc.constantFrom(...SPELLINGS);
  const today = `\n${nowLine(new Date('2026-06-15T10:00:00Z'), 'Asia/Tashkent')}`;

  test('a day passes in every spelling and language; another one is stopped', () => {
    fc.assert(
      fc.property(date, date, spelling, spelling, ([d, m], [otherDay, otherMonth], write, rewrite) => {
        expect(passes(`Aksiya: ${rewrite(d, m)}.`, `Aksiya ${write(d, m)} tugaydi.${today}`)).toBe(true);
        fc.pre((otherDay !== d || otherMonth !== m) && (otherDay !== 15 || otherMonth !== 6));
        expect(passes(`Aksiya: ${rewrite(otherDay, otherMonth)}.`, `Aksiya ${write(d, m)} tugaydi.${today}`)).toBe(false);
      }),
      RUNS,
    );
  });

  test.each([
    ['5-dekabr', 'beshinchi dekabr'],
    ['25-dekabr', 'yigirma beshinchi dekabrda'],
    ['5 декабря', 'пятого декабря'],
    ['21 марта', 'двадцать первое марта'],
    ['12 декабря', 'двенадцатого декабря'],
    ['December 3', 'the third of December'],
    ['March 21', 'twenty-first of March'],
    ['5-декабр', 'бешинчи декабрда'],
    ['1-5 dekabr', '1-dekabrdan 5-dekabrgacha'],
    ['с 1 по 5 декабря', '1–5 декабря'],
  ])('%j and %j say the same', (given, answer) => {
    expect(passes(answer, given)).toBe(true);
    expect(passes(answer, '9-fevral')).toBe(false);
  });

  test('another year is another day', () => {
    expect(passes('05.12.2026', 'Aksiya 05.12.2025')).toBe(false);
    expect(passes('5-dekabr 2031', `Aksiya 5-dekabr${today}`)).toBe(false);
  });
});

describe('links', () => {
  const name = fc.stringMatching(/^[a-z]{4,12}$/);
  const SPELLINGS = [
    (site: string) => `https://${site}.uz/menu`,
    (site: string) => `${site}.uz/menu`,
    (site: string) => `http://www.${site}.uz/menu/`,
  ];

  test('a link passes with and without its beginning; another one is stopped', () => {
    fc.assert(
      fc.property(name, name, fc.constantFrom(...SPELLINGS), fc.constantFrom(...SPELLINGS), (site, other, write, rewrite) => {
        expect(passes(`Menyu: ${rewrite(site)}.`, `Menyu ${write(site)} da`)).toBe(true);
        fc.pre(site !== other);
        expect(passes(`Menyu: ${rewrite(other)}.`, `Menyu ${write(site)} da`)).toBe(false);
      }),
      RUNS,
    );
  });

  test.each([
    ['t.me/oltin_non', '@oltin_non', true],
    ['fix.uz/track', 'fix.uz', true],
    ['fix.uz', 'fix.uz/track', false],
    ['info@fix.uz', 'info@fix.uz', true],
    ['info@fix.uz', 'sales@fix.uz', false],
    ['@fix_bot', '@fix_bot2', false],
  ])('from %j the answer %j follows: %s', (given, answer, follows) => expect(passes(answer, given)).toBe(follows));
});

test('small numbers, names of models and addresses that were given claim nothing else', () => {
  expect(passes('2-3 kunda, 4 kishilik, iPhone 15 Pro uchun', 'Tez tayyorlaymiz')).toBe(true);
  expect(passes('214-doʻkon, A54 modeli', "B-blok, 214-do'kon")).toBe(true);
});

test('what the customer says may be said', () => {
  expect(passes('Ha, 45 000 soʻm toʻlagansiz', 'Non', "45 000 so'm to'ladim")).toBe(true);
});

interface Business {
  entries: { title: string; content: string }[];
}
const FIXTURES = join(import.meta.dirname, '../fixtures/answers');
const businesses = readdirSync(FIXTURES).map((file): Business => JSON.parse(readFileSync(join(FIXTURES, file), 'utf8')));
// A telephone number and the name of a model are left as they are; the spaces of a price are taken out.
const NOT_PRICES = /(\+998[\d ]+|\d\d \d{3} \d\d \d\d|iPhone \d+ \d+)|\d{1,3}(?: \d{3})+(?!\d)/g;
const REPHRASED: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'no-break spaces': (text) => text.replace(/(\d) (\d{3})(?!\d)/g, '$1\u00a0$2'),
  'no spaces': (text) => text.replace(NOT_PRICES, (found, name) => (name ? found : found.replaceAll(' ', ''))),
  thousands: (text) => text.replace(/(?<![\d ])(\d{1,3}) 000(?![\d ]|\.\d)/g, '$1 ming'),
  hyphens: (text) => text.replace(/[–—]/g, '-'),
  dashes: (text) => text.replace(/(\d)-(\d)/g, '$1–$2'),
  'times with dots': (text) => text.replace(/(\d{1,2}):(\d{2})/g, '$1.$2'),
  bold: (text) => text.replace(/(\d[\d ]*\d)/g, '**$1**'),
  apostrophes: (text) => text.replace(/['ʻ’]/g, '‘'),
  'joined telephone numbers': (text) => text.replace(/\+998 (\d\d) (\d{3}) (\d\d) (\d\d)/g, '+998$1$2$3$4'),
  'telephone numbers without code': (text) => text.replace(/\+998 (\d\d) (\d{3}) (\d\d) (\d\d)/g, '($1) $2-$3-$4'),
  capitals: (text) => text.toUpperCase(),
};

test.each(Object.entries(REPHRASED))('honest answers pass: every sentence of every entry, %s', (_name, rephrase) => {
  const sentences = businesses.flatMap(({ entries }) =>
    entries.flatMap(({ title, content }) =>
      [content, ...content.split(/(?<=[.!?])\s+|\n+/)].map((sentence) => ({
        answer: rephrase(sentence),
        given: `${title}\n${content}`,
      })),
    ),
  );
  const stopped = sentences.filter(({ answer, given }) => !passes(answer, given));

  expect(sentences.length).toBeGreaterThan(400);
  expect(stopped.length / sentences.length).toBeLessThanOrEqual(0.01);
});
