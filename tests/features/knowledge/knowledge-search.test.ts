import { expect, test, vi } from 'vitest';
import { createKnowledgeSearch } from '../../../src/answering/knowledge-search.ts';
import { type KnowledgeText, knowledgeInMemory } from '../../../src/answering/knowledge-source.ts';

const entry = (id: string, title: string, content = title): KnowledgeText => ({ id, title, content });

function searchOver(initial: KnowledgeText[], maxBytes?: number) {
  const world = { entries: initial, loads: 0 };
  const knowledge = createKnowledgeSearch({
    source: {
      ...knowledgeInMemory(() => world.entries),
      states: async () => {
        world.loads++;
        return knowledgeInMemory(() => world.entries).states('tenant', 'bot', new Date());
      },
    },
    ...(maxBytes !== undefined && { maxBytes }),
  });
  const search = (query: string, knowledgeVersion = 1, botId = 'bot', tenantId = 'tenant') =>
    knowledge.search({ tenantId, botId, knowledgeVersion, query });
  return { world, search };
}

test('the index is built once per version of the knowledge', async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices')]);
  await search('bread');
  await search('prices');
  expect(world.loads).toBe(1);

  world.entries = [entry('2', 'Cake prices')];
  expect(await search('cake', 2)).toMatchObject([{ id: '2' }]);
  expect(world.loads).toBe(2);
});

test('concurrent questions share one index build', async () => {
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

test('a failed load is retried by the next question', async () => {
  let fails = true;
  const knowledge = createKnowledgeSearch({
    source: knowledgeInMemory(() => {
      if (fails) throw new Error('no database');
      return [entry('1', 'Bread prices')];
    }),
  });
  const ask = () => knowledge.search({ tenantId: 't', botId: 'b', knowledgeVersion: 1, query: 'bread' });

  await expect(ask()).rejects.toThrow('no database');
  fails = false;
  expect(await ask()).toHaveLength(1);
});

/** A source whose reads of texts wait until they are let through. */
function slowSource(entries: KnowledgeText[]) {
  const inner = knowledgeInMemory(() => entries);
  const reads: string[][] = [];
  let letThrough: () => void = () => {};
  let gate = Promise.resolve();
  const source = {
    ...inner,
    texts: async (tenantId: string, botId: string, ids: string[]) => {
      reads.push(ids);
      await gate;
      return inner.texts(tenantId, botId, ids);
    },
  };
  const hold = () => {
    gate = new Promise((resolve) => {
      letThrough = resolve;
    });
  };
  return { source, reads, hold, letThrough: () => letThrough() };
}

test('while an update takes long the old index answers, one update runs, and then the new one answers', async () => {
  const entries = [entry('1', 'Bread prices'), entry('2', 'Opening hours')];
  const { source, reads, hold, letThrough } = slowSource(entries);
  const knowledge = createKnowledgeSearch({ source });
  const ask = (query: string, knowledgeVersion: number) =>
    knowledge.search({ tenantId: 't', botId: 'b', knowledgeVersion, query });
  await ask('bread', 1);

  entries[0] = entry('1', 'Cake prices');
  hold();
  const [old, another] = await Promise.all([ask('bread', 2), ask('bread', 3)]);
  expect([old, another]).toMatchObject([[{ title: 'Bread prices' }], [{ title: 'Bread prices' }]]);
  expect(reads).toEqual([['1', '2'], ['1']]);

  letThrough();
  expect(await ask('cake', 3)).toMatchObject([{ title: 'Cake prices' }]);
  expect(await ask('bread', 3)).toEqual([]);
});

test('a short update is waited for: the next answer knows the edit', async () => {
  const entries = [entry('1', 'Bread prices')];
  const knowledge = createKnowledgeSearch({ source: knowledgeInMemory(() => entries) });
  const ask = (query: string, knowledgeVersion: number) =>
    knowledge.search({ tenantId: 't', botId: 'b', knowledgeVersion, query });
  await ask('bread', 1);
  for (let version = 2; version < 50; version += 1) {
    entries[0] = entry('1', `Price number${version}`);
    expect(await ask(`number${version}`, version)).toHaveLength(1);
  }
  entries.pop();
  expect(await ask('number49', 50)).toEqual([]);
});

test("a bot id never opens another tenant's index", async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices')]);
  await search('bread', 1, 'bot', 'tenant');
  await search('bread', 1, 'bot', 'other');
  expect(world.loads).toBe(2);
});

test('indexes beyond the memory limit are dropped', async () => {
  const { world, search } = searchOver([entry('1', 'Bread prices', 'x '.repeat(1_000))], 5_000);
  await search('bread', 1, 'one');
  await search('bread', 1, 'two');
  await search('bread', 1, 'one');
  expect(world.loads).toBe(3);
});

test('other work continues while a large index is built', async () => {
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
  const knowledge = createKnowledgeSearch({
    source: knowledgeInMemory(() => [...entries, entry('Matn', 'Matn', 'soʻz ICHIDA turadi')]),
  });

  expect(await knowledge.containing({ tenantId: 't', botId: 'b', knowledgeVersion: 1, query })).toEqual(titles);
});

test('an entry stops being answered from when its last day has passed, though nothing was saved', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-30T18:59:00Z') });
  const ends = new Date('2026-11-30T19:00:00Z');
  const offer = entry('1', 'Discount', 'Half price today');
  const source = knowledgeInMemory(() => [offer]);
  const knowledge = createKnowledgeSearch({
    source: {
      ...source,
      states: async (tenantId, botId, now) =>
        now < ends ? (await source.states(tenantId, botId, now)).map((state) => ({ ...state, endsAt: ends })) : [],
    },
  });
  const found = async () =>
    (await knowledge.search({ tenantId: 't', botId: 'b', knowledgeVersion: 1, query: 'discount' })).length;

  expect(await found()).toBe(1);
  vi.setSystemTime(ends);
  expect(await found()).toBe(0);
  vi.useRealTimers();
});
