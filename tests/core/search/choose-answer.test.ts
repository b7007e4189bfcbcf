import { expect, test } from 'vitest';
import { chooseAnswer } from '../../../src/core/search/choose-answer.ts';
import { createSearchIndex, type Searchable } from '../../../src/core/search/search-index.ts';

const SHOP: Omit<Searchable, 'id'>[] = [
  { title: 'Manzil', content: 'Toshkent, Chilonzor 5-kvartal, 12-uy. Moʻljal: bozor roʻparasi.' },
  { title: 'График', content: 'Пн–Сб 9:00–19:00, воскресенье выходной.' },
  { title: 'Aloqa', content: '+998 71 200 10 10, Telegram: @dokon' },
  { title: 'Етказиб бериш', content: 'Тошкент бўйлаб 25 000 сўм, 300 000 сўмдан ошса бепул.' },
  {
    title: 'Narxlar',
    content: 'Stul 350 000 soʻm\nStol 900 000 soʻm\nShkaf 2 400 000 soʻm\nDivan 3 100 000 soʻm\nKaravot 2 800 000 soʻm',
  },
  { title: 'Гарантия', content: 'На всю мебель 2 года. Царапины не считаются.' },
];

const index = createSearchIndex();
for (const [at, entry] of SHOP.entries()) Array.from(index.adding({ id: String(at), ...entry }));
const titleOf = (text: string, before?: string) => {
  const choice = chooseAnswer(index, { text, before });
  return choice.kind === 'sure' ? choice.match.entry.title : choice.kind;
};

const EVERYDAY: [title: string, questions: string[]][] = [
  ['Manzil', ['adres', 'адрес', 'manzil', 'манзил', 'qayerdasiz', 'Где вы находитесь?', 'where are you located']],
  ['График', ['ish vaqti', 'иш вақти', 'nechagacha ishlaysizlar', 'до скольки работаете', 'opening hours', 'график работы']],
  ['Aloqa', ['nomer', 'номер', 'telefon raqam', 'номер телефона', 'phone number', 'телефон рақам']],
  [
    'Етказиб бериш',
    ['dostavka qancha', 'доставка қанча', 'yetkazib berish', 'сколько стоит доставка', 'delivery price', 'доставка'],
  ],
  ['Narxlar', ['narxlar', 'нархлар', 'narxi qancha', 'цены', 'прайс', 'price list']],
  ['Гарантия', ['kafolat', 'кафолат борми', 'garantiya', 'warranty', 'какая гарантия']],
];

test.each(EVERYDAY)('%s is found by what customers type', (title, questions) => {
  expect(questions.map((text) => titleOf(text))).toEqual(questions.map(() => title));
});

test('an everyday question has its own answer, whatever everyday question came before', () => {
  const asked = EVERYDAY.flatMap(([title, questions]) => questions.map((text) => ({ title, text })));
  const pairs = asked.flatMap((now) => asked.filter(({ title }) => title !== now.title).map((before) => ({ now, before })));
  // The price of it is the one that leans on what came before.
  const wrong = pairs.filter(({ now, before }) => now.text !== 'narxi qancha' && titleOf(now.text, before.text) !== now.title);
  expect(wrong.map(({ now, before }) => `${now.text} after ${before.text}`)).toEqual([]);
});

test.each([
  ['narxi qancha?', 'Divan bormi?', 'Narxlar'],
  ['stulchi?', 'Divan qancha?', 'Narxlar'],
  ['а сколько стоит?', 'Есть доставка?', 'Етказиб бериш'],
  ['adres', 'Divan qancha?', 'Manzil'],
  ['narxlar', 'dostavka qancha', 'Narxlar'],
  ['нархлар', 'доставка қанча', 'Narxlar'],
  ['цены', 'график работы', 'Narxlar'],
  ['price list', 'opening hours', 'Narxlar'],
])('%j after %j is answered with %s', (text, before, title) => {
  expect(titleOf(text, before)).toBe(title);
});

test('two entries that fit alike are offered', () => {
  const two = createSearchIndex();
  for (const [at, title] of ['Bolalar kurslari', 'Kattalar kurslari'].entries()) {
    Array.from(two.adding({ id: String(at), title, content: 'Haftada uch marta.' }));
  }
  const choice = chooseAnswer(two, { text: 'kurslar bormi' });

  expect(choice.kind === 'unsure' && choice.options.map(({ entry }) => entry.title)).toEqual([
    'Bolalar kurslari',
    'Kattalar kurslari',
  ]);
});

test('at most three are offered, each once', () => {
  const many = createSearchIndex();
  for (let at = 0; at < 8; at++) Array.from(many.adding({ id: String(at), title: `Kurs ${at}`, content: 'Haftada uch marta.' }));
  const choice = chooseAnswer(many, { text: 'kurs' });
  const ids = choice.kind === 'unsure' ? choice.options.map(({ entry }) => entry.id) : [];

  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(3);
});

test.each(['samolyot bileti', 'Продаёте котят?', 'do you fix bicycles', 'asdfgh', '', '👍'])('nothing answers %j', (text) => {
  expect(titleOf(text)).toBe('nothing');
});
