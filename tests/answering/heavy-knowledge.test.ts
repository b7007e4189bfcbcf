// S69 (memory): knowledge made to take as much memory and time as it can. It is indexed in threads, and the process goes on.
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createIndexInThread } from '../../src/answering/index-in-thread.ts';
import type { IndexesDeps } from '../../src/answering/knowledge-indexes.ts';
import { createKnowledgeSearch } from '../../src/answering/knowledge-search.ts';
import type { KnowledgeSource, KnowledgeText } from '../../src/answering/knowledge-source.ts';

const MB = 1_048_576;
const ENTRY_CHARS = 20_000;
let seed = 11;
function random(below: number): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
}

function randomText(chars = ENTRY_CHARS): string {
  let text = '';
  while (text.length < chars) text += `${random(2_000_000_000).toString(36)}${random(10_000).toString(36)} `;
  return text.slice(0, chars);
}

const randomEntries = (bytes: number): KnowledgeText[] =>
  Array.from({ length: bytes / ENTRY_CHARS }, (_, nth) => ({ id: `e${nth}`, title: `Entry ${nth}`, content: randomText() }));

/** Entries by bot, stamped by the number of their edits. */
function knowledgeOf(bots: Map<string, { entries: KnowledgeText[]; edits: number }>) {
  const source: KnowledgeSource & { reads: number; afterRead: () => void } = {
    reads: 0,
    afterRead: () => {},
    states: async (_tenantId: string, botId: string) =>
      (bots.get(botId)?.entries ?? []).map(({ id, content }) => ({
        id,
        stamp: `${bots.get(botId)?.edits}`,
        bytes: content.length,
      })),
    texts: async (_tenantId: string, botId: string, ids: string[]) => {
      const { entries, edits } = bots.get(botId) ?? { entries: [], edits: 0 };
      source.reads += ids.length;
      const read = entries.filter(({ id }) => ids.includes(id)).map((entry) => ({ ...entry, stamp: `${edits}` }));
      source.afterRead();
      return read;
    },
    beginnings: async (_tenantId: string, botId: string, { chars, most }: { chars: number; most: number }) =>
      (bots.get(botId)?.entries ?? []).slice(0, most).map((entry) => ({ ...entry, content: entry.content.slice(0, chars) })),
  };
  return source;
}

function searchOver(bots: Parameters<typeof knowledgeOf>[0], deps: Partial<IndexesDeps> = {}) {
  const source = knowledgeOf(bots);
  const search = createKnowledgeSearch({ source, ...deps });
  const ask = (botId: string, query: string, knowledgeVersion: number) =>
    search.search({ tenantId: `tenant of ${botId}`, botId, knowledgeVersion, query });
  return { source, search, ask };
}

/** The most CPU time of this thread between two turns of its loop. */
function watchLoop() {
  let last = process.threadCpuUsage();
  const turns: number[] = [];
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last);
    turns.push((user + system) / 1_000);
    last = process.threadCpuUsage();
  }, 1);
  return {
    /** But one: the collector of this process' garbage may come in between, once. */
    longestMs(): number {
      clearInterval(timer);
      return turns.toSorted((a, b) => b - a)[1] ?? 0;
    },
  };
}

test.each([
  2 * MB,
  95_000,
])('three businesses with %i bytes of random words, each written anew five times in a row: no turn of the loop takes 200 ms', async (bytes) => {
  const names = ['a', 'b', 'c'];
  const edits = names.map(() => Array.from({ length: 6 }, () => randomEntries(bytes)));
  const bots = new Map(names.map((name, nth) => [name, { entries: edits[nth]?.[0] ?? [], edits: 0 }]));
  const { ask } = searchOver(bots);
  const asked: Promise<unknown>[] = [];
  const loop = watchLoop();
  const rssBefore = process.memoryUsage.rss();
  for (let edit = 0; edit <= 5; edit += 1) {
    for (const [nth, name] of names.entries()) {
      Object.assign(bots.get(name) ?? {}, { entries: edits[nth]?.[edit], edits: edit });
      asked.push(ask(name, 'anything', edit));
    }
    await setTimeout(100);
  }
  await Promise.all(asked);
  const last = edits.map((of) => of[5]?.[0]?.content.split(' ')[2] as string);
  await expect
    .poll(() => Promise.all(names.map(async (name, nth) => (await ask(name, last[nth] as string, 5))[0]?.id)), {
      timeout: 60_000,
    })
    .toEqual(['e0', 'e0', 'e0']);
  expect(loop.longestMs()).toBeLessThan(200);
  // 200 to 470 MB measured.
  expect(process.memoryUsage.rss() - rssBefore).toBeLessThan(700 * MB);
});

test('a build that a further edit supersedes stops, and what was done of it counts', async () => {
  const bots = new Map([['a', { entries: randomEntries(2 * MB), edits: 1 }]]);
  const { source, ask } = searchOver(bots);
  // The owner saves while the first fifty are indexed.
  source.afterRead = () => {
    source.afterRead = () => {};
    Object.assign(bots.get('a') ?? {}, { entries: randomEntries(100_000), edits: 2 });
    void ask('a', 'anything', 2);
  };
  void ask('a', 'anything', 1);
  await expect.poll(async () => (await ask('a', 'Entry 3', 2))[0]?.id, { timeout: 60_000 }).toBe('e3');
  // Of the hundred entries of the first state, one read of fifty.
  expect(source.reads).toBeLessThanOrEqual(50 + 5 + 5);
});

test('a thread that dies costs its build alone: titles answer, later the whole texts, and another bot all the time', async () => {
  const lost: string[] = [];
  const bots = new Map([
    ['large', { entries: randomEntries(80_000), edits: 1 }],
    ['other', { entries: randomEntries(60_000), edits: 1 }],
  ]);
  let mostBytes = 20 * MB;
  const { search, ask } = searchOver(bots, {
    heavyBytes: 10_000,
    inThread: () => createIndexInThread(mostBytes),
    onLost: ({ botId }) => lost.push(botId),
  });
  mostBytes = 256 * MB;
  expect(await ask('other', 'Entry 2', 1)).toMatchObject([{ id: 'e2' }]);
  mostBytes = 1 * MB;
  expect((await ask('large', 'Entry 3', 1))[0]?.id).toBe('e3');
  await expect.poll(() => search.isOfTitles('tenant of large', 'large'), { timeout: 60_000 }).toBe(true);
  expect(lost).toEqual(['large']);
  expect(search.isOfTitles('tenant of other', 'other')).toBe(false);
  expect((await ask('large', 'Entry 3', 1))[0]?.content.length).toBeLessThan(500);
  expect(lost).toEqual(['large']);

  // The next change tries again.
  mostBytes = 256 * MB;
  Object.assign(bots.get('large') ?? {}, { edits: 2 });
  await expect.poll(async () => (await ask('large', 'Entry 3', 2))[0]?.content.length, { timeout: 60_000 }).toBe(ENTRY_CHARS);
  expect(search.isOfTitles('tenant of large', 'large')).toBe(false);
});

test('an index that cannot be made anew is answered for by the older one', async () => {
  const bots = new Map([['a', { entries: randomEntries(60_000), edits: 1 }]]);
  let dies = false;
  let lost = 0;
  const { search, ask } = searchOver(bots, {
    onLost: () => {
      lost += 1;
    },
    heavyBytes: 10_000,
    inThread() {
      const index = createIndexInThread(dies ? 1 : 256 * MB);
      // As if replaced words outnumbered the others: the next change makes it anew.
      return { ...index, size: () => ({ ...index.size(), isWorn: true }) };
    },
  });
  const shown = async (version: number) => (await ask('a', 'Entry 2', version))[0]?.content.length;
  await expect.poll(() => shown(1), { timeout: 60_000 }).toBe(ENTRY_CHARS);
  dies = true;
  Object.assign(bots.get('a') ?? {}, { entries: randomEntries(60_000), edits: 2 });
  await shown(2);
  await expect.poll(() => lost, { timeout: 60_000 }).toBe(1);
  expect(await shown(2)).toBe(ENTRY_CHARS);
  expect(search.isOfTitles('tenant of a', 'a')).toBe(false);
});
