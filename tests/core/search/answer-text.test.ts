import { expect, test } from 'vitest';
import { answerText } from '../../../src/core/search/answer-text.ts';
import { chooseAnswer } from '../../../src/core/search/choose-answer.ts';
import { createSearchIndex } from '../../../src/core/search/search-index.ts';

/** What is sent when the knowledge is this one entry and two others. */
function sent(entry: { title: string; content: string }, question: string, ...more: string[]): string | undefined {
  const index = createSearchIndex();
  const others = [
    { title: 'Manzil', content: 'Toshkent, Chilonzor, 12-uy.' },
    { title: 'Chegirma', content: 'Payshanba kuni 10%.' },
  ];
  for (const [at, one] of [entry, ...others].entries()) Array.from(index.adding({ id: String(at), ...one }));
  const choice = chooseAnswer(index, { text: question });
  if (choice.kind !== 'sure') return undefined;
  const { entry: found, passage } = choice.match;
  const further = more.map((text) => chooseAnswer(index, { text })).flatMap((one) => (one.kind === 'sure' ? [one.asked] : []));
  return answerText({ ...found, passage }, question, [choice.asked, ...further], 700);
}

const DISHES = Array.from({ length: 60 }, (_, at) => `Taom ${'abcdefghijklmnopqrst'[at % 20]}${at} — ${10 + at} 000 soʻm`);
const menu = {
  title: 'Menyu',
  content: [...DISHES.slice(0, 30), 'Koka-kola 0,5 — 9 000 soʻm', 'Osh — 45 000 soʻm', ...DISHES.slice(30)].join('\n'),
};

test.each([
  'кока кола почем',
  'koka kola qancha',
  'Сколько стоит кока-кола?',
])('of a menu of 60 dishes the line: %s', (question) => {
  expect(sent(menu, question)).toBe('Menyu\nKoka-kola 0,5 — 9 000 soʻm');
});

const bakery = {
  title: 'Narxlar',
  content: ['Obi non — 5 000', 'Patir — 12 000', 'Somsa (qovoqli) — 6 000', 'Somsa — 9 000', 'Tort — 90 000', 'Choy — 4 000']
    .map((line) => `${line} soʻm`)
    .join('\n'),
};

test('the currency is no beginning of a dish', () => {
  expect(sent(bakery, 'somsa necha pul')).toBe('Narxlar\nSomsa (qovoqli) — 6 000 soʻm\nSomsa — 9 000 soʻm');
});

test('each of two questions chooses its lines', () => {
  expect(sent(bakery, 'patir', 'obi non qancha')).toBe('Narxlar\nObi non — 5 000 soʻm\nPatir — 12 000 soʻm');
});

const faq = {
  title: 'Savollar',
  content: `Manzilingiz qayerda?\nYunusobod, 4-kvartal.\n\nNechigacha ishlaysiz?\nHar kuni 9:00–21:00.\n\nBuyurtmam kelmadi, nima qilay?\n+998 71 200 30 30 ga qoʻngʻiroq qiling.\n\nKarta bilan toʻlasa boʻladimi?\nHa, Uzcard va Humo.`,
};

test.each([
  ['nechigacha ishlaysiz', '9:00–21:00'],
  ['buyurtmam kelmadi', '+998 71 200 30 30'],
  ['kartadan tolasa boladimi', 'Uzcard va Humo'],
])('of questions and answers the pair: %s', (question, answer) => {
  const text = sent(faq, question);
  expect(text).toContain(answer);
  expect(text?.split('\n')).toHaveLength(2);
});

test('of a table pasted as commas the row', () => {
  const rows = Array.from(
    { length: 52 },
    (_, at) => `Xizmat-${'abcdefghijklmnopqrstuvwxyz'[at % 26]}${at},${at + 1}0 daqiqa,${at + 10}0 000`,
  );
  const table = { title: 'Xizmatlar', content: ['nomi,vaqti,narxi', ...rows, 'Tish tozalash,45 daqiqa,350 000'].join('\n') };
  expect(sent(table, 'tish tozalash qancha')).toBe('Xizmatlar\nTish tozalash,45 daqiqa,350 000');
});

test('a list is sent whole when no line is asked for', () => {
  const prices = {
    title: 'Tortlar narxi',
    content: 'Medovik 130 000\nNapoleon 125 000\nPraga 150 000\nSnikers 160 000\nBento 95 000',
  };
  expect(sent(prices, 'tortlar narxi qanaqa')).toBe(`${prices.title}\n${prices.content}`);
});

test('a short text that leaves open what it is about comes with its title', () => {
  expect(sent({ title: 'Parkovka', content: 'Hovlida, bepul.' }, 'parkovka bormi')).toBe('Parkovka\nHovlida, bepul.');
});

test('text from a page with hard line breaks and leader dots gives its line', () => {
  const pdf = {
    title: 'Narxnoma',
    content:
      'UZI ................ 120 000\nEKG ................ 80 000\nMRT bosh ........... 450 000\nMRT umurtqa ........ 500 000\nRentgen ............ 90 000',
  };
  expect(sent(pdf, 'EKG qancha')).toContain('EKG ................ 80 000');
});
