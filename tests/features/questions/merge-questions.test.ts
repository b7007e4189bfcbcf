// The nightly comparison of open questions: on a real database, with Gemini's emulator by HTTP.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAiService } from '../../../src/ai/ai.service.ts';
import { createGeminiClient } from '../../../src/ai/gemini.client.ts';
import { createCompareQuestions } from '../../../src/answering/compare-questions.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/durations.ts';
import { createQuestionMerger } from '../../../src/features/questions/merge-questions.ts';
import { createMergesRepo } from '../../../src/features/questions/merges.repo.ts';
import { createQuestionsRepo } from '../../../src/features/questions/questions.repo.ts';
import { createUsageService } from '../../../src/pipeline/usage.service.ts';
import { testApp } from '../../support/app.ts';
import type { Shop } from '../../support/factories.ts';
import { type GeminiEmulator, questionOf, startGeminiEmulator } from '../../support/gemini-emulator/gemini-emulator.ts';
import { asks, grouperOn } from '../../support/open-questions.ts';
import { seedShop, silent } from '../../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
let gemini: GeminiEmulator;
beforeAll(async () => {
  [opened, gemini] = await Promise.all([testDatabase(), startGeminiEmulator()]);
});
afterAll(() => Promise.all([opened.close(), gemini.close()]));
beforeEach(async () => {
  gemini.reset();
  gemini.controls.compare = ({ body }) => same(questionOf(body), /hammock|gamak|гамак/i);
  await opened.database.prisma.tenant.deleteMany({ where: {} });
});

/** Says that all questions with such a word are the same. */
function same(text: string, word: RegExp) {
  const asked = [...text.matchAll(/<question id="(q\d+)">([^<]*)</g)];
  const ids = asked.flatMap(([, id, words = '']) => (word.test(words) ? [id] : []));
  return { raw: JSON.stringify({ groups: [{ ids }] }) };
}

/** One process. */
function aProcess() {
  const { database } = opened;
  const client = createGeminiClient({ apiKey: gemini.apiKey, baseUrl: gemini.url });
  const models = { primary: 'gemini-3.1-flash-lite', fallback: 'gemini-3.1-flash-lite' };
  const ai = createAiService({ client, models, logger: silent, limits: { budgetMs: 2_000 } });
  const usage = createUsageService({ database, customerMessagesPerMinute: 0 });
  const merges = createMergesRepo({ database, usdUzs: 12_000 });
  return createQuestionMerger({
    ...{ database, merges, spend: usage.addSpent, logger: silent },
    compare: createCompareQuestions({ ai }),
  });
}

/** At three in the night of Tashkent, the given nights from now. */
const night = (nights = 1): Date => new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS + (nights * 24 - 2) * HOUR_MS);
const all = { state: null, search: '', limit: 100, offset: 0 } as const;
const listOf = async ({ tenantId, botId }: Shop) =>
  (await createQuestionsRepo(opened).page(tenantId, botId, all)).map(({ question, count, people, state }) => [
    ...[question, count, people, state],
  ]);
const group = () => grouperOn(opened.database).look();
async function mergeAt(now: Date, ...processes: ReturnType<typeof aProcess>[]): Promise<void> {
  for (const process of processes) await process.hourly(now);
  await Promise.all(processes.map((process) => process.run(now)));
}

const WORDS = ['hammock ijaraga bormi', 'Можно взять гамак напрокат?', 'gamak kerak edi'];
async function shopWith(words: readonly string[] = [...WORDS, 'wifi bormi']): Promise<Shop> {
  const shop = await seedShop(opened.database);
  for (const [at, one] of words.entries()) {
    await asks(opened.database, shop, one, { at: new Date(Date.now() - MINUTE_MS + at) });
  }
  await group();
  return shop;
}

test('in the night the AI puts questions of one meaning together, in one cheap call that counts as the business’ cost', async () => {
  const shop = await shopWith();
  expect(await listOf(shop)).toHaveLength(4);
  await mergeAt(night(), aProcess());

  expect(await listOf(shop)).toEqual([
    [WORDS[0], 3, 3, 'open'],
    ['wifi bormi', 1, 1, 'open'],
  ]);
  expect(gemini.comparisons.map(({ model }) => model)).toEqual(['gemini-3.1-flash-lite']);
  const month = await opened.database.prisma.usageMonth.findFirst({ where: { tenantId: shop.tenantId } });
  expect(month).toMatchObject({ aiAnswers: 0, costMicroUsd: expect.toSatisfy((cost: bigint) => cost > 0n) });
});

test('whoever asks in the words of a merged question is counted there', async () => {
  const shop = await shopWith();
  await mergeAt(night(), aProcess());
  await asks(opened.database, shop, 'gamak kerak edi!');
  await group();
  expect((await listOf(shop))[0]).toEqual([WORDS[0], 4, 4, 'open']);
});

test('all who asked can be told the answer, and who was told before the question opened anew is not told again', async () => {
  const shop = await shopWith();
  const questions = createQuestionsRepo(opened);
  const { tenantId, botId } = shop;
  const [first] = await questions.page(tenantId, botId, { ...all, search: 'hammock' });
  const id = first?.id as string;
  const [told] = await questions.askers(tenantId, id);
  await questions.answered(tenantId, id, { entryId: id, answer: 'Bor' });
  await questions.told(tenantId, id, told as never, null);
  await asks(opened.database, shop, WORDS[0] as string, { at: new Date(Date.now() + 1_000) });
  await group();
  await mergeAt(night(), aProcess());
  const askers = await questions.askers(tenantId, id);
  expect(askers.map(({ words, round }) => [words, round]).toSorted()).toEqual(WORDS.map((words) => [words, 2]).toSorted());
  expect(askers.map((asker) => asker.id)).not.toContain(told?.id);
});

test('by day nothing is asked, in a night once, and again only when there is a new question', async () => {
  const shop = await shopWith();
  const app = aProcess();
  await mergeAt(new Date(night().getTime() + 12 * HOUR_MS), app);
  expect(gemini.comparisons).toHaveLength(0);
  await mergeAt(night(), app);
  await mergeAt(new Date(night().getTime() + HOUR_MS), app);
  await mergeAt(night(2), app);
  expect(gemini.comparisons).toHaveLength(1);
  await asks(opened.database, shop, 'parkovka bormi');
  await group();
  await mergeAt(night(3), app);
  expect(gemini.comparisons).toHaveLength(2);
});

test('many processes ask once for each bot', async () => {
  const shops = await Promise.all([1, 2, 3].map(() => shopWith()));
  await mergeAt(night(), aProcess(), aProcess(), aProcess());
  expect(gemini.comparisons).toHaveLength(3);
  for (const shop of shops) expect(await listOf(shop)).toHaveLength(2);
});

test('what was answered or closed during the call stays as it is', async () => {
  const shop = await shopWith();
  const questions = createQuestionsRepo(opened);
  const ids = new Map((await questions.page(shop.tenantId, shop.botId, all)).map(({ question, id }) => [question, id]));
  await questions.answered(shop.tenantId, ids.get(WORDS[0] as string) as string, { entryId: shop.botId, answer: 'Bor' });
  await questions.dismissed(shop.tenantId, ids.get(WORDS[1] as string) as string);
  const merges = createMergesRepo({ database: opened.database, usdUzs: 12_000 });
  const into = ids.get(WORDS[2] as string) as string;
  const pairs = WORDS.slice(0, 2).flatMap((words) => {
    const id = ids.get(words) as string;
    return [
      { from: id, into },
      { from: into, into: id },
    ];
  });
  expect(await merges.merge(shop.tenantId, shop.botId, pairs)).toBe(0);
  const other = await shopWith();
  expect(await merges.merge(other.tenantId, other.botId, [{ from: into, into: ids.get('wifi bormi') as string }])).toBe(0);
  expect(await listOf(shop)).toHaveLength(4);
});

test.each<[string, Partial<GeminiEmulator['controls']>]>([
  ['an AI that is out of reach', { fault: 'internal' }],
  ['nonsense', { compare: () => ({ raw: 'I think q1 and q2' }) }],
])('%s changes nothing, and three tries are all of a night', async (_name, broken) => {
  const shop = await shopWith();
  Object.assign(gemini.controls, broken);
  const app = aProcess();
  await app.hourly(night());
  const tries: number[] = [];
  for (let at = 0; at < 5; at += 1) {
    await app.run(new Date(night().getTime() + at * 21 * MINUTE_MS));
    const row = await opened.database.prisma.questionMerge.findFirst({ where: { tenantId: shop.tenantId } });
    tries.push(row?.runAt ? row.tries : 0);
  }
  expect(tries).toEqual([1, 2, 0, 0, 0]);
  expect(await listOf(shop)).toHaveLength(4);
});

test('a suspended business and one at its ceiling of cost are left out', async () => {
  const [suspended, costly] = [await shopWith(), await shopWith()];
  const { prisma } = opened.database;
  const app = aProcess();
  await app.hourly(night());
  await prisma.tenant.update({ where: { id: suspended.tenantId }, data: { suspendedAt: new Date() } });
  await prisma.tenant.update({ where: { id: costly.tenantId }, data: { costCeilingUzs: 12_000 } });
  const month = new Date(Date.UTC(night().getUTCFullYear(), night().getUTCMonth(), 1));
  await prisma.usageMonth.create({ data: { tenantId: costly.tenantId, month, costMicroUsd: 1_000_000n } });
  await app.run(night());
  expect(gemini.comparisons).toHaveLength(0);
});

test('without a key nothing is queued or asked; with one the installation’s jobs do it', async () => {
  const key = { GEMINI_API_KEY: gemini.apiKey, GEMINI_BASE_URL: gemini.url };
  for (const [env, left] of [
    [{ GEMINI_BASE_URL: gemini.url }, 4],
    [key, 2],
  ] as const) {
    const site = await testApp(env);
    const shop = await seedShop(site.container.database);
    for (const one of [...WORDS, 'wifi bormi']) await asks(site.container.database, shop, one);
    await grouperOn(site.container.database).look();
    await site.container.jobs.hourly(night());
    await site.container.jobs.enrich(night());
    const rows = await site.container.database.prisma.questionMerge.count();
    expect([rows, await site.container.database.prisma.openQuestion.count()]).toEqual([left === 4 ? 0 : 1, left]);
    await site.close();
  }
  expect(gemini.comparisons).toHaveLength(1);
});
