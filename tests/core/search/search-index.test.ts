import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { createSearchIndex, type Searchable } from '../../../src/core/search/search-index.ts';
import { wordFeatures } from '../../../src/core/search/word-features.ts';

const WORDS = 'non patir somsa tort narx yetkazish manzil ish vaqti chegirma buyurtma toʻlov karta naqd bayram'.split(' ');

function randomFrom(seed: number) {
  let state = seed;
  return (most: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % most;
  };
}

function add(index: ReturnType<typeof createSearchIndex>, entry: Searchable): void {
  for (const _passage of index.adding(entry));
}

test.each([1, 2, 3, 4, 5])('after random changes (%i) an index answers like one made from the same entries', (seed) => {
  const random = randomFrom(seed * 7_919);
  const words = (count: number) => Array.from({ length: count }, () => WORDS[random(WORDS.length)]).join(' ');
  const changed = createSearchIndex();
  const entries = new Map<string, Searchable>();
  for (let step = 0; step < 200; step += 1) {
    const id = `e${random(20)}`;
    if (random(4) === 0) {
      changed.remove(id);
      entries.delete(id);
      continue;
    }
    const paragraphs = Array.from({ length: 1 + random(4) }, () => words(1 + random(400)));
    const entry = { id, title: words(2), content: paragraphs.join('\n\n'), questions: [words(4), words(3)].slice(random(3)) };
    add(changed, entry);
    entries.set(id, entry);
  }
  const fresh = createSearchIndex();
  for (const entry of entries.values()) add(fresh, entry);

  expect(changed.all()).toEqual(fresh.all());
  expect(changed.bytes).toBe(fresh.bytes);
  for (const word of WORDS) {
    const ranked = (index: typeof fresh) =>
      index
        .rank(new Map([[word, 1]]), 30)
        .map(({ entry, score, passage }) => [entry.id, score.toFixed(9), passage])
        .sort();
    expect(ranked(changed)).toEqual(ranked(fresh));
    expect(changed.knows(word)).toBe(fresh.knows(word));
    expect(changed.rarity(word)).toBe(fresh.rarity(word));
    expect(changed.containing([word])).toEqual(fresh.containing([word]));
  }
});

test('an entry answers from its old text until the last step of its change', () => {
  const index = createSearchIndex();
  add(index, { id: '1', title: 'Narx', content: 'Non 4 000' });
  const steps = index.adding({ id: '1', title: 'Narx', content: 'Non 5 000' });
  steps.next();
  expect(index.rank(new Map([['non', 1]]), 3)[0]?.passage).toBe('Non 4 000');
  steps.next();
  expect(index.rank(new Map([['non', 1]]), 3)[0]?.passage).toBe('Non 5 000');
});

test('a question finds its entry and is never shown', () => {
  const index = createSearchIndex();
  add(index, {
    id: '1',
    title: 'Yetkazib berish',
    content: 'Kuryer 40 daqiqada boradi.',
    questions: ['sumkaga solib berasizmi'],
  });
  add(index, { id: '2', title: 'Manzil', content: 'Chilonzor' });
  expect(index.rank(new Map([['sumkaga', 1]]), 3)).toMatchObject([{ entry: { id: '1' }, passage: 'Kuryer 40 daqiqada boradi.' }]);
  expect(index.containing(['sumkaga'])).toEqual([]);
});

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc') as () => void;
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test('S69 (memory): the size of an index of random words is told within a factor of two', () => {
  const before = heldBytes();
  const index = createSearchIndex<Searchable>();
  const next = randomFrom(7);
  const random = (): string => next(2_000_000_000).toString(36) + next(9_973).toString(36);
  for (let id = 0; id < 15; id++) {
    const content = Array.from({ length: 2_000 }, random).join(' ');
    for (const _ of index.adding({ id: String(id), title: 'Words', content, questions: [] }));
  }
  const held = heldBytes() - before;
  expect(index.bytes).toBeGreaterThan(held / 2);
  expect(index.bytes).toBeLessThan(held * 2);
});

test('a word of 20,000 letters has few features', () => {
  expect(wordFeatures('ab'.repeat(10_000)).length).toBeLessThan(120);
});
