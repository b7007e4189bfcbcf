// Questions suggested for entries: on a real database, with Gemini's emulator by HTTP.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAiService } from '../../../src/ai/ai.service.ts';
import { createGeminiClient } from '../../../src/ai/gemini.client.ts';
import { createSuggestQuestions } from '../../../src/answering/suggest-questions.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/durations.ts';
import { createEntryQuestionsQueries } from '../../../src/features/knowledge/enrichment/entry-questions.queries.ts';
import { createSuggestForEntries } from '../../../src/features/knowledge/enrichment/suggest-for-entries.ts';
import { createKnowledgeQueries, knowledgeSource } from '../../../src/features/knowledge/knowledge.queries.ts';
import { createUsageService } from '../../../src/pipeline/usage.service.ts';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { aBusiness } from '../../support/factories.ts';
import { type GeminiEmulator, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

const logger = { warn() {}, error() {} };
let opened: TestDatabase;
let gemini: GeminiEmulator;
beforeAll(async () => {
  [opened, gemini] = await Promise.all([testDatabase(), startGeminiEmulator()]);
});
afterAll(() => Promise.all([opened.close(), gemini.close()]));
beforeEach(async () => {
  gemini.reset();
  const questions = ['How much is it?', 'Сколько стоит?', 'Necha pul?'];
  gemini.controls.suggest = () => ({ raw: JSON.stringify({ questions, summary: 'Prices' }) });
  await opened.database.prisma.knowledgeEntry.deleteMany({ where: {} });
});

/** One process. */
function aProcess({ maxTenantBytes = 1_000_000 } = {}) {
  const { database } = opened;
  const questions = createEntryQuestionsQueries({ database, usdUzs: 12_000, maxTenantBytes });
  const client = createGeminiClient({ apiKey: gemini.apiKey, baseUrl: gemini.url });
  const models = { primary: 'gemini-3.1-flash-lite', fallback: 'gemini-3.1-flash-lite' };
  const suggest = createSuggestQuestions({ ai: createAiService({ client, models, logger, limits: { budgetMs: 2_000 } }) });
  const entries = createKnowledgeQueries({ database, maxTenantBytes, enrich: questions.want });
  const usage = createUsageService({ database, customerMessagesPerMinute: 0 });
  return { questions, entries, ...createSuggestForEntries({ database, questions, suggest, spend: usage.addSpent, logger }) };
}

const later = (ms: number): Date => new Date(Date.now() + ms);
const soon = (): Date => later(MINUTE_MS);

async function anEntry(process = aProcess(), content = 'Non 4 000 soʻm') {
  const { tenantId, botId } = await aBusiness({ name: 'Non' }).withUnconnectedBot({}).in(opened.database);
  const entry = { id: newId(), title: 'Narxlar "<b>"', content };
  await process.entries.insert(tenantId, botId, entry);
  const row = () => opened.database.prisma.entryQuestions.findFirst({ where: { tenantId, entryId: entry.id } });
  const version = async () => (await process.entries.size(tenantId, botId)).version;
  const indexed = async () => (await knowledgeSource(opened.database).texts(tenantId, botId, [entry.id]))[0]?.questions;
  return { tenantId, botId, entry, row, version, indexed };
}

test('after a save one cheap call suggests questions, and the index learns of them', async () => {
  const app = aProcess();
  const { tenantId, version, indexed, row } = await anEntry(app);
  const before = await version();
  await app.run(soon());
  await app.run(soon());

  expect(gemini.suggestions).toHaveLength(1);
  const [{ model, body } = { model: '', body: null }] = gemini.suggestions;
  expect(model).toBe('gemini-3.1-flash-lite');
  expect(body?.contents[0]?.parts[0]?.text).toBe('<entry title="Narxlar ”‹b›”">\nNon 4 000 soʻm\n</entry>');
  expect(await indexed()).toEqual(['How much is it?', 'Сколько стоит?', 'Necha pul?']);
  expect(await version()).toBe(before + 1);
  expect(await row()).toMatchObject({ summary: 'Prices', model: 'gemini-3.1-flash-lite', runAt: null, tries: 0 });
  const cost = (await row())?.costMicroUsd ?? 0;
  expect(cost).toBeGreaterThan(0);
  const month = await opened.database.prisma.usageMonth.findFirst({ where: { tenantId } });
  expect(month).toMatchObject({ costMicroUsd: BigInt(cost), aiAnswers: 0 });
});

test('edits within seconds make one call, and a save without a change makes none', async () => {
  const app = aProcess();
  const { tenantId, botId, entry } = await anEntry(app);
  for (const content of ['one', 'two', 'three']) await app.entries.update(tenantId, botId, { ...entry, content });
  await app.run(new Date());
  expect(gemini.suggestions).toHaveLength(0);
  await app.run(soon());
  await app.entries.update(tenantId, botId, { ...entry, content: 'three' });
  await app.run(soon());
  expect(gemini.suggestions).toHaveLength(1);
});

test('many processes make one call per entry', async () => {
  const made = await Promise.all(Array.from({ length: 6 }, () => anEntry()));
  await Promise.all(Array.from({ length: 4 }, () => aProcess().run(soon())));
  expect(gemini.suggestions).toHaveLength(6);
  for (const { indexed } of made) expect(await indexed()).toHaveLength(3);
});

test('an entry changed or deleted during the call drops the result', async () => {
  const app = aProcess();
  const changed = await anEntry(app);
  const claimed = await app.questions.claimAcrossTenants(soon(), 100);
  await app.entries.update(changed.tenantId, changed.botId, { ...changed.entry, content: 'New' });
  const spent = { calls: 1, model: 'm', promptTokens: 1, answerTokens: 1, costMicroUsd: 1 };
  expect(await app.questions.accept(claimed as never, { questions: ['Old?'], summary: '' }, spent)).toBe(false);
  expect(await changed.indexed()).toEqual([]);

  const again = await app.questions.claimAcrossTenants(soon(), 100);
  await app.entries.remove(changed.tenantId, changed.botId, changed.entry.id);
  expect(await app.questions.accept(again as never, { questions: ['Old?'], summary: '' }, spent)).toBe(false);
  expect(await changed.row()).toBeNull();
});

test('a process killed during the call leaves the entry to another, minutes later', async () => {
  const { indexed } = await anEntry();
  expect(await aProcess().questions.claimAcrossTenants(soon(), 100)).not.toBeNull();
  const another = aProcess();
  await another.run(later(2 * MINUTE_MS));
  expect(gemini.suggestions).toHaveLength(0);
  await another.run(later(7 * MINUTE_MS));
  expect(await indexed()).toHaveLength(3);
});

test('a failing model is asked again with growing pauses, ends the run, and is given up quietly', async () => {
  const app = aProcess();
  const { row, indexed } = await anEntry(app);
  await anEntry(app);
  gemini.controls.suggestFault = 'limit_zero';
  const firstMs = soon().getTime();
  await app.run(new Date(firstMs));
  expect(gemini.suggestions).toHaveLength(1);
  const pauses: number[] = [];
  for (let hours = 1; hours < 60; hours += 1) {
    const now = new Date(firstMs + hours * HOUR_MS);
    await app.run(now);
    await app.run(now);
    const due = (await row())?.runAt;
    if (due) pauses.push(due.getTime() - now.getTime());
  }
  expect(Math.max(...pauses)).toBe(12 * HOUR_MS);
  expect(await row()).toMatchObject({ runAt: null, suggested: [] });
  expect(gemini.suggestions.length).toBeLessThanOrEqual(14);
  expect(await indexed()).toEqual([]);
});

test('an unusable answer is counted and tried again', async () => {
  const app = aProcess();
  const { row } = await anEntry(app);
  gemini.controls.suggest = () => ({ raw: 'Ignore that. See https://evil.example' });
  await app.run(soon());
  expect(await row()).toMatchObject({ suggested: [], tries: 1 });
  expect((await row())?.promptTokens).toBeGreaterThan(0);
});

test('a business has a limit of calls per day', async () => {
  const app = aProcess();
  const { tenantId, row } = await anEntry(app);
  const now = soon();
  await opened.database.prisma.entryQuestions.updateMany({ where: { tenantId }, data: { triedOn: now, triedTimes: 200 } });
  await app.run(now);
  expect(gemini.suggestions).toHaveLength(0);
  await app.run(later(25 * HOUR_MS));
  expect(gemini.suggestions).toHaveLength(1);
  expect(await row()).toMatchObject({ triedTimes: 1 });
});

test('beyond the ceiling of the month nothing is suggested', async () => {
  const app = aProcess();
  const { tenantId } = await anEntry(app);
  const { prisma } = opened.database;
  await prisma.tenant.update({ where: { id: tenantId }, data: { costCeilingUzs: 1_200 } });
  const usage = createUsageService({ database: opened.database, customerMessagesPerMinute: 0 });
  await usage.addSpent(tenantId, { calls: 1, promptTokens: 1, answerTokens: 1, costMicroUsd: 100_000 });
  await app.run(soon());
  expect(gemini.suggestions).toHaveLength(0);
  await prisma.tenant.update({ where: { id: tenantId }, data: { costCeilingUzs: 1_201 } });
  await app.run(soon());
  expect(gemini.suggestions).toHaveLength(1);
});

test('entries saved before there was a key are suggested for little by little, once', async () => {
  const { tenantId, botId } = await aBusiness({ name: 'Non' }).withUnconnectedBot({}).in(opened.database);
  const entries = createKnowledgeQueries({ database: opened.database, maxTenantBytes: 1_000_000 });
  for (let i = 0; i < 25; i += 1) await entries.insert(tenantId, botId, { id: newId(), title: `T${i}`, content: `C${i}` });
  const app = aProcess();
  await app.run(soon());
  expect(gemini.suggestions).toHaveLength(0);

  const titles = () => gemini.suggestions.filter(({ body }) => /title="T\d+"/.test(body.contents[0]?.parts[0]?.text ?? ''));
  for (let hour = 0; hour < 4; hour += 1) {
    await app.hourly(new Date());
    for (let run = 0; run < 10; run += 1) await app.run(soon());
    expect(titles()).toHaveLength(hour === 0 ? 20 : 25);
  }
});

test('questions take room of the knowledge: those of the AI are dropped and those of the owner refused when it is full', async () => {
  // The row of an entry, the entry, and a little more.
  const small = aProcess({ maxTenantBytes: 700 });
  const { tenantId, botId, entry, indexed, row } = await anEntry(small, 'Non');
  gemini.controls.suggest = () => ({
    raw: JSON.stringify({ questions: ['How much is it?', 'x'.repeat(190)], summary: 'Prices' }),
  });
  await small.run(soon());
  expect(await indexed()).toEqual([]);
  expect(await row()).toMatchObject({ suggested: [], summary: '', runAt: null });
  await small.run(later(7 * MINUTE_MS));
  expect(gemini.suggestions).toHaveLength(1);

  const save = (lines: string[]) => small.questions.saveOwners(tenantId, botId, entry.id, lines);
  expect(await save(['x'.repeat(200)])).toBe('full');
  expect(await save(['How much?'])).toBe('saved');
  expect(await save([])).toBe('saved');
});

test('an entry has no room where the questions of others take it', async () => {
  const { tenantId, botId, entry } = await anEntry();
  const large = aProcess();
  expect(await large.questions.saveOwners(tenantId, botId, entry.id, ['x'.repeat(200), 'y'.repeat(200)])).toBe('saved');
  const small = aProcess({ maxTenantBytes: 1_400 });
  const more = { id: newId(), title: 'More', content: 'Text' };
  expect(await small.entries.insert(tenantId, botId, more)).toBe('full');
  expect(await large.questions.saveOwners(tenantId, botId, entry.id, [])).toBe('saved');
  expect(await small.entries.insert(tenantId, botId, more)).toBe('saved');
});
