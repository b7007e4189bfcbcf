import { expect, test } from 'vitest';
import {
  fitsPrompt,
  type GivenKnowledge,
  giveAll,
  giveBest,
  KNOWLEDGE_CHARS,
} from '../../../src/core/search/choose-knowledge.ts';
import { createSearchIndex, type Searchable } from '../../../src/core/search/search-index.ts';

function indexOf(entries: Searchable[]) {
  const index = createSearchIndex<Searchable>();
  for (const entry of entries) for (const _step of index.adding(entry));
  return index;
}
const entry = (id: string, title: string, content: string): Searchable => ({ id, title, content });
const room = (i: number): Searchable => entry(`r${i}`, `Xona ${i}`, `Xona haqida maʼlumot, derazasi bogʻga qaraydi. `.repeat(20));
const chooseKnowledge = (index: ReturnType<typeof indexOf>, query: string): GivenKnowledge =>
  fitsPrompt(index) ? giveAll(index, query) : giveBest(index, query);
const chars = (given: GivenKnowledge): number =>
  given.entries.reduce((sum, { title, content }) => sum + title.length + content.length, 0);

test('all knowledge is given while it fits, the best match first and the rest in its order', () => {
  const given = chooseKnowledge(
    indexOf([entry('a', 'Manzil', 'Malika'), entry('b', 'Kuryer', 'Yoʻq'), entry('c', 'Narxlar', 'Non 5 000')]),
    'narxlar',
  );

  expect(given).toMatchObject({ isAll: true, entries: [{ id: 'c' }, { id: 'a' }, { id: 'b' }] });
});

test('a question that shares no word with the knowledge is given all of it too', () => {
  expect(chooseKnowledge(indexOf([entry('a', 'Manzil', 'Malika')]), 'where are you').entries).toHaveLength(1);
});

test('beyond that the best entries are given, up to the same size', () => {
  const rooms = Array.from({ length: 40 }, (_, i) => room(i));
  const given = chooseKnowledge(
    indexOf([...rooms, entry('n', 'Nonushta', 'Nonushta 7:00 dan, narxi 45 000 soʻm.')]),
    'nonushta va xona qancha',
  );

  expect(given.isAll).toBe(false);
  expect(given.entries[0]).toMatchObject({ id: 'n', content: 'Nonushta 7:00 dan, narxi 45 000 soʻm.' });
  expect(given.entries.length).toBeGreaterThan(5);
  expect(chars(given)).toBeLessThanOrEqual(KNOWLEDGE_CHARS);
});

test('of one long entry the parts that fit are given with what stands around them, in their order', () => {
  const dish = (i: number) => `${i}-taom: ${'mazali va issiq, '.repeat(12)}narxi ${i}1 000 soʻm.`;
  const menu = Array.from({ length: 200 }, (_, i) => dish(i + 1));
  menu[20] = 'Manti: qoʻy goʻshtidan, narxi 38 000 soʻm.';
  menu[170] = 'Norin: ot goʻshtidan, narxi 52 000 soʻm.';
  const given = chooseKnowledge(indexOf([entry('m', 'Menyu', menu.join('\n\n'))]), 'manti va norin qancha');
  const text = given.entries[0]?.content ?? '';

  expect(text).toContain('38 000');
  expect(text).toContain('52 000');
  expect(text.indexOf('38 000')).toBeLessThan(text.indexOf('52 000'));
  expect(text).toContain('…');
  expect(text.length).toBeLessThanOrEqual(KNOWLEDGE_CHARS);
});

test('a passage that is alike in meaning is given though it shares no word, and without such the words decide alone', () => {
  const rooms = Array.from({ length: 40 }, (_, i) => room(i));
  const index = indexOf([...rooms, entry('p', 'Mushuk', 'Uy hayvonlari kirsa boʻladi.')]);
  const query = 'xona itim';

  const byWords = giveBest(index, query);
  expect(byWords.entries.map(({ id }) => id)).not.toContain('p');
  const similar = [
    { id: 'p', at: 0, similarity: 0.9 },
    { id: 'gone', at: 0, similarity: 0.8 },
    { id: 'p', at: 7, similarity: 0.7 },
    { id: 'r1', at: 0, similarity: 0.2 },
  ];
  expect(giveBest(index, query, similar).entries.map(({ id }) => id)).toContain('p');
  expect(giveBest(index, query, [])).toEqual(byWords);
});
