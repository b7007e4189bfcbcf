import { expect, test } from 'vitest';
import { createKnowledgeSearch, type KnowledgeText } from '../../../src/answering/knowledge-search.ts';

const entry = (id: string, title: string, content = title): KnowledgeText => ({ id, title, content });

function searchOver(initial: KnowledgeText[], maxBytes?: number) {
  const world = { entries: initial, loads: 0 };
  const knowledge = createKnowledgeSearch({
    loadEntries: async () => {
      world.loads++;
      return world.entries;
    },
    ...(maxBytes !== undefined && { maxBytes }),
  });
  const search = (query: string, knowledgeVersion = 1, botId = 'bot', tenantId = 'tenant') =>
    knowledge.search({ tenantId, botId, knowledgeVersion, query });
  return { world, search };
}

test('the index is made once per version of the knowledge', async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices')]);
  await search('bread');
  await search('prices');
  expect(world.loads).toBe(1);

  world.entries = [entry('2', 'Cake prices')];
  expect(await search('cake', 2)).toMatchObject([{ id: '2' }]);
  expect(world.loads).toBe(2);
});

test('many who ask at once wait for one index', async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices')]);
  const answers = await Promise.all(Array.from({ length: 20 }, () => search('bread')));
  expect(answers.every((hits) => hits[0]?.id === '1')).toBe(true);
  expect(world.loads).toBe(1);
});

test('a message read before a change is answered from the newer index', async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices')]);
  await search('bread', 5);
  await search('bread', 4);
  expect(world.loads).toBe(1);
});

test('a failed load is tried again by the next question', async () => {
  let fails = true;
  const knowledge = createKnowledgeSearch({
    loadEntries: async () => {
      if (fails) throw new Error('no database');
      return [entry('1', 'Bread prices')];
    },
  });
  const ask = () => knowledge.search({ tenantId: 't', botId: 'b', knowledgeVersion: 1, query: 'bread' });

  await expect(ask()).rejects.toThrow('no database');
  fails = false;
  expect(await ask()).toHaveLength(1);
});

test("one tenant's index is never another's, whatever bot is named", async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices')]);
  await search('bread', 1, 'bot', 'tenant');
  await search('bread', 1, 'bot', 'other');
  expect(world.loads).toBe(2);
});

test('indexes beyond the memory cap are let go', async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices', 'x '.repeat(1_000))], 5_000);
  await search('bread', 1, 'one');
  await search('bread', 1, 'two');
  await search('bread', 1, 'one');
  expect(world.loads).toBe(3);
});

test('other work goes on while a large index is made', async () => {
  const text = 'Our ovens are hot and the bread is fresh every single morning. '.repeat(250);
  const { search } = searchOver(Array.from({ length: 400 }, (_, i) => entry(String(i), `Entry ${i}`, text)));
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  await search('bread');
  clearInterval(counting);
  expect(turns).toBeGreaterThan(3);
});

test.each([
  ['narx', ['Narxlar']],
  ["yo'l", ['Yoʻl']],
  ['ЙЎЛ', ['Yoʻl']],
  ['доставка', ['ДОСТАВКА']],
  ['став', ['ДОСТАВКА']],
  ['100%', ['100% chegirma']],
  ['ichida soʻz', ['Matn']],
  ['narx yoʻl', []],
  ['%', []],
])('the list is searched for %s, also inside words', async (query, titles) => {
  const entries = ['Narxlar', 'Yoʻl', 'ДОСТАВКА', '100% chegirma', 'Ming dona'].map((title) => entry(title, title, 'hech narsa'));
  const knowledge = createKnowledgeSearch({ loadEntries: async () => [...entries, entry('Matn', 'Matn', 'soʻz ICHIDA turadi')] });

  expect(await knowledge.containing({ tenantId: 't', botId: 'b', knowledgeVersion: 1, query })).toEqual(titles);
});
