// Embeddings of large knowledge: on a real database, with Gemini's emulator by HTTP.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDailyAllowance } from '../../../src/ai/daily-allowance.ts';
import { createEmbeddings } from '../../../src/ai/embeddings.ts';
import { createGeminiEmbedder } from '../../../src/ai/gemini.client.ts';
import { createKnowledgeSearch } from '../../../src/answering/knowledge-search.ts';
import { createKnowledgeVectors } from '../../../src/answering/knowledge-vectors.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/durations.ts';
import { createEmbedEntries } from '../../../src/features/knowledge/enrichment/embed-entries.ts';
import { createEntryVectorsQueries } from '../../../src/features/knowledge/enrichment/entry-vectors.queries.ts';
import { createSpentTally } from '../../../src/features/knowledge/enrichment/spent-tally.ts';
import { createKnowledgeQueries, knowledgeSource } from '../../../src/features/knowledge/knowledge.queries.ts';
import { createUsageService } from '../../../src/pipeline/usage.service.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { until } from '../../support/app-process.ts';
import { aBusiness } from '../../support/factories.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
let gemini: GeminiEmulator;
beforeAll(async () => {
  [opened, gemini] = await Promise.all([testDatabase(), startGeminiEmulator()]);
});
afterAll(() => Promise.all([opened.close(), gemini.close()]));
beforeEach(async () => {
  gemini.reset();
  gemini.controls.topics = [['hayvon', 'itim']];
  await opened.database.prisma.knowledgeEntry.deleteMany({ where: {} });
});

/** One process. */
function aProcess(model = 'gemini-embedding-2', dailyLimit?: number) {
  const { database } = opened;
  const { addSpent } = createUsageService({ database, customerMessagesPerMinute: 0 });
  const logger = { warn() {} };
  const embeddings = createEmbeddings({
    client: createGeminiEmbedder({ apiKey: gemini.apiKey, baseUrl: gemini.url }),
    model,
    mayCall: createDailyAllowance({ sql: database.sql, limit: dailyLimit, logger }),
    spent: createSpentTally({ spend: addSpent, logger }),
  });
  const vectors = createEntryVectorsQueries({ database, kind: embeddings });
  const fail = (error: Error) => {
    throw error;
  };
  const { similar } = createKnowledgeVectors({ source: vectors.source, embeddings, onError: fail });
  return {
    similar,
    vectors,
    entries: createKnowledgeQueries({ database, maxTenantBytes: 10_000_000, enrich: vectors.want }),
    search: createKnowledgeSearch({ source: knowledgeSource(database), similar }),
    ...createEmbedEntries({ database, vectors, embeddings, logger: { warn() {} } }),
  };
}

test('S68: calls for vectors of entries and questions are in the business’ month and in the calls of the day', async () => {
  const app = aProcess();
  const { tenantId, given } = await knowledgeOf(app, 20);
  await app.run(soon());
  await until(
    async () => {
      await given();
      return (await calls(tenantId)).calls > 21;
    },
    60_000,
    () => 'no call for a question was counted',
  );
  expect((await calls(tenantId)).micro).toBeGreaterThan(21);

  await opened.database.sql.query('DELETE FROM ai_days');
  const limited = aProcess('gemini-embedding-2', 20);
  const before = gemini.embeddings.length;
  const { tenantId: refused } = await knowledgeOf(limited, 20);
  for (let run = 0; run < 3; run += 1) await limited.run(later(HOUR_MS * (run + 1)));
  // Half of the day's calls are for businesses without a plan.
  expect(gemini.embeddings.length - before).toBe(10);
  await expect.poll(async () => (await calls(refused)).calls, { timeout: 60_000 }).toBe(10);
});

async function calls(tenantId: string): Promise<{ calls: number; micro: number }> {
  const { rows } = await opened.database.sql.query<{ calls: number; micro: number }>(
    'SELECT coalesce(sum(ai_calls), 0)::int AS calls, coalesce(sum(cost_micro_usd), 0)::int AS micro FROM usage_months WHERE tenant_id = $1',
    [tenantId],
  );
  return rows[0] ?? { calls: 0, micro: 0 };
}

const later = (ms: number): Date => new Date(Date.now() + ms);
const soon = (): Date => later(MINUTE_MS);
const FILLER = 'Xona haqida maʼlumot, derazasi bogʻga qaraydi. ';

async function knowledgeOf(app: ReturnType<typeof aProcess>, count: number) {
  const { tenantId, botId } = await aBusiness({ name: 'Hotel' }).withUnconnectedBot({}).in(opened.database);
  const pets = { id: newId(), title: 'Mushuk', content: 'Uy hayvonlari kirishi mumkin.' };
  await app.entries.insert(tenantId, botId, pets);
  for (let i = 0; i < count; i += 1) {
    await app.entries.insert(tenantId, botId, { id: newId(), title: `Xona ${i}`, content: FILLER.repeat(20) });
  }
  const version = async () => (await app.entries.size(tenantId, botId)).version;
  const query = 'Xona itim bilan';
  const given = async (by = app) =>
    (await by.search.forPrompt({ tenantId, botId, knowledgeVersion: await version(), query })).entries.map(({ title }) => title);
  /** Asks until the vectors are loaded. */
  const givenByMeaning = async (by = app) => {
    const isLoaded = async () => (await by.similar(tenantId, botId, await version(), query)).length > 0;
    await until(isLoaded, 60_000, () => 'vectors are loaded');
    return given(by);
  };
  return { tenantId, botId, pets, given, givenByMeaning };
}

test('knowledge that fits a prompt gets no embeddings', async () => {
  const app = aProcess();
  const { given } = await knowledgeOf(app, 3);
  await app.run(soon());
  await given();
  expect(gemini.embeddings).toEqual([]);
});

test('all entries of large knowledge get vectors, in batches, and a question finds by meaning', async () => {
  const app = aProcess();
  const { given, givenByMeaning } = await knowledgeOf(app, 30);
  expect(await given()).not.toContain('Mushuk');
  await app.run(soon());
  await app.run(soon());
  expect(gemini.embeddings).toHaveLength(31);
  expect(gemini.embeddings.every(({ dimensions }) => dimensions.every((size) => size === 768))).toBe(true);
  expect(gemini.embeddings.some(({ texts }) => texts[0] === 'title: Mushuk | text: Uy hayvonlari kirishi mumkin.')).toBe(true);

  expect(await givenByMeaning()).toContain('Mushuk');
  expect(gemini.embeddings.at(-1)?.texts).toEqual(['task: search result | query: Xona itim bilan']);
});

test('with embeddings failing, slow or refused the answers are those of the word search, in time', async () => {
  const app = aProcess();
  const { given, givenByMeaning } = await knowledgeOf(app, 30);
  const byWords = await given();
  await app.run(soon());
  expect(await givenByMeaning()).not.toEqual(byWords);

  const asked = gemini.embeddings.length;
  gemini.controls.embedLatencyMs = 30_000;
  for (let i = 0; i < 4; i += 1) {
    const startedMs = performance.now();
    expect(await given()).toEqual(byWords);
    expect(performance.now() - startedMs).toBeLessThan(15_000);
  }
  // After three failures questions wait for nothing.
  expect(gemini.embeddings.length - asked).toBe(3);

  const another = aProcess();
  gemini.controls.embedLatencyMs = 0;
  await givenByMeaning(another);
  for (const fault of ['overloaded', 'malformed_json', 'wrong_shape'] as const) {
    gemini.controls.embedFault = fault;
    expect(await given(another)).toEqual(byWords);
  }
});

test('an edit drops the vectors of the old text at once and asks for new ones; a deleted entry has none', async () => {
  const app = aProcess();
  const { tenantId, botId, pets } = await knowledgeOf(app, 30);
  await app.run(soon());
  const row = () => opened.database.prisma.entryVectors.findFirst({ where: { tenantId, entryId: pets.id } });
  expect((await row())?.vectors?.length).toBe(768);
  await app.entries.update(tenantId, botId, { ...pets, content: 'Hayvonsiz' });
  expect((await row())?.vectors).toBeNull();
  const claimed = await app.vectors.claimAcrossTenants(soon());
  await app.entries.update(tenantId, botId, { ...pets, content: 'Yana boshqa' });
  expect(await app.vectors.accept(claimed as never, [new Int8Array(768)])).toBe(false);
  await app.run(soon());
  expect((await row())?.vectors?.length).toBe(768);
  await app.entries.remove(tenantId, botId, pets.id);
  expect(await row()).toBeNull();
});

test('vectors of another model are ignored and made anew', async () => {
  const app = aProcess();
  const { tenantId, botId, given } = await knowledgeOf(app, 30);
  const byWords = await given();
  await app.run(soon());
  const other = aProcess('gemini-embedding-001');
  const count = (by = other) => by.vectors.source.stamps(tenantId, botId).then((stamps) => stamps.length);
  expect(await count()).toBe(0);
  expect(await given(other)).toEqual(byWords);
  await other.hourly(new Date());
  await other.run(soon());
  expect(await count()).toBe(31);
});

test('many processes make one call per entry, and a killed one leaves its entry to another', async () => {
  const app = aProcess();
  const { tenantId, botId } = await knowledgeOf(app, 30);
  expect(await app.vectors.claimAcrossTenants(soon())).not.toBeNull();
  await Promise.all([aProcess(), aProcess(), aProcess()].map((one) => one.run(soon())));
  expect(gemini.embeddings).toHaveLength(30);
  await aProcess().run(later(10 * MINUTE_MS));
  expect(gemini.embeddings).toHaveLength(31);
  expect(await app.vectors.source.stamps(tenantId, botId)).toHaveLength(31);
});

test('a failing model ends the run, is asked again with pauses, and is given up until the next hour', async () => {
  const app = aProcess();
  await knowledgeOf(app, 30);
  gemini.controls.embedFault = 'limit_zero';
  const now = soon();
  await app.run(now);
  expect(gemini.embeddings).toHaveLength(1);
  gemini.controls.embedFault = null;
  await app.run(new Date(now.getTime() + HOUR_MS));
  expect(gemini.embeddings).toHaveLength(32);
});

test('entries saved while there was no key get vectors later', async () => {
  const app = aProcess();
  const { tenantId, botId } = await knowledgeOf(
    { ...app, entries: createKnowledgeQueries({ database: opened.database, maxTenantBytes: 10_000_000 }) },
    30,
  );
  await app.run(soon());
  expect(gemini.embeddings).toEqual([]);
  await app.hourly(new Date());
  await app.run(soon());
  expect(await app.vectors.source.stamps(tenantId, botId)).toHaveLength(31);
});
