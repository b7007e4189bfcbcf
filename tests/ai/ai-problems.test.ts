import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAiService } from '../../src/ai/ai.service.ts';
import { createAiProblems } from '../../src/ai/ai-problems.ts';
import { createGeminiClient } from '../../src/ai/gemini.client.ts';
import { MINUTE_MS } from '../../src/core/durations.ts';
import { createAiProblemsWatch } from '../../src/features/operators/ai-problems.ts';
import { type GeminiEmulator, type GeminiFault, startGeminiEmulator } from '../support/gemini-emulator/gemini-emulator.ts';
import { silent } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

const PRIMARY = 'gemini-3.5-flash-lite';
const FALLBACK = 'gemini-3.1-flash-lite';
const question = { systemInstruction: 'You are Non, a bakery.', history: [], text: 'Salom', media: [] };

const SLOW = { timeout: 60_000 };

let opened: TestDatabase;
let gemini: GeminiEmulator;
let nowMs = 0;
let processes: { reload: () => void }[] = [];
beforeAll(async () => {
  [opened, gemini] = [await testDatabase(), await startGeminiEmulator()];
});
afterAll(() => Promise.all([opened.close(), gemini.close()]));
beforeEach(async () => {
  gemini.reset();
  nowMs = Date.now();
  processes = [];
  await opened.database.prisma.aiProblem.deleteMany();
});

/** Another process with the same database, which hears of every change at once. */
function aProcess({ ofKey = 'one', key = gemini.apiKey } = {}) {
  const now = () => nowMs;
  const changed = async () => {
    for (const one of processes) one.reload();
  };
  const problems = createAiProblems({ sql: opened.database.sql, ofKey, changed, logger: silent, now });
  processes.push(problems);
  const client = createGeminiClient({ apiKey: key, baseUrl: gemini.url });
  const models = { primary: PRIMARY, fallback: FALLBACK };
  const { answer } = createAiService({ client, models, problems, logger: silent, now, sleep: async () => {} });
  return () => answer(question);
}

const rows = () => opened.database.prisma.aiProblem.findMany({ orderBy: { reason: 'asc' } });
const stored = (count: number) => expect.poll(async () => (await rows()).length, SLOW).toBe(count);
const paused = () =>
  expect.poll(async () => Number((await rows())[0]?.askAgainAt) - Date.now(), SLOW).toBeGreaterThan(9 * MINUTE_MS);
/** The pause is the database's, and the process' own clock follows. */
async function later(ms: number): Promise<void> {
  await opened.database.sql.query(`UPDATE ai_problems SET ask_again_at = ask_again_at - $1 * interval '1 millisecond'`, [ms]);
  nowMs += ms;
}

test.each<[GeminiFault, string]>([
  ['wrong_location', 'location_refused'],
  ['no_free_tier', 'billing_required'],
  ['no_billing', 'billing_required'],
  ['no_credits', 'credits_depleted'],
  ['spending_cap', 'credits_depleted'],
  ['forbidden', 'bad_key'],
  ['expired_key', 'bad_key'],
  ['api_disabled', 'bad_key'],
])('after %j no process asks for ten minutes; then one asks once, and all go on when it is answered', async (fault, reason) => {
  gemini.controls.fault = fault;
  const [one, two] = [aProcess(), aProcess()];
  expect(await one()).toMatchObject({ ok: false, reason });
  await stored(1);
  await expect.poll(async () => (await two()).ok || gemini.requests.length, SLOW).toBe(1);
  await later(9 * MINUTE_MS);
  expect([await one(), await two(), await aProcess()()]).toMatchObject([{ reason }, { reason }, { reason }]);
  expect(gemini.requests).toHaveLength(1);

  await later(MINUTE_MS + 1);
  expect(await Promise.all([one(), two(), one(), two()])).toMatchObject(Array(4).fill({ ok: false, reason }));
  expect(gemini.requests).toHaveLength(2);
  await paused();

  gemini.controls.fault = null;
  await later(10 * MINUTE_MS + 1);
  await expect.poll(async () => (await one()).ok, SLOW).toBe(true);
  await expect.poll(async () => (await two()).ok, SLOW).toBe(true);
  expect(await rows()).toMatchObject([{ reason, solvedAt: expect.any(Date) }]);
});

test('a retired model concerns that model only, and a new key is asked at once', async () => {
  gemini.controls.retired.add(PRIMARY);
  const [one, two] = [aProcess(), aProcess()];
  expect(await one()).toMatchObject({ ok: true, model: FALLBACK });
  await stored(1);
  await expect.poll(async () => (await two()).ok, SLOW).toBe(true);
  expect(await rows()).toMatchObject([{ reason: 'model_retired', model: PRIMARY }]);

  gemini.controls.retired.clear();
  expect(await aProcess({ key: 'wrong' })()).toMatchObject({ reason: 'bad_key' });
  await stored(2);
  expect(await aProcess({ ofKey: 'another' })()).toMatchObject({ ok: true });
});

test.each<GeminiFault>([
  'overloaded',
  'per_day',
  'bad_request',
  'prompt_blocked',
  'no_candidates',
])('%s is no problem that waits for an admin', async (fault) => {
  gemini.controls.fault = fault;
  await aProcess()();
  expect(await rows()).toEqual([]);
});

test('admins are told of each problem once, in any number of processes, with the remedy', async () => {
  const told: string[] = [];
  const tellAdmins = async (compose: (...given: never[]) => { subject: string; text: string }) => {
    const t = (key: string, given: object = {}) => [key, ...Object.values(given)].join(' ');
    told.push(compose(t as never, { username: 'admin' } as never).text);
  };
  const watches = [1, 2].map(() =>
    createAiProblemsWatch({
      database: opened.database,
      notices: { tellAdmins } as never,
      origin: 'https://bot.uz',
      logger: silent,
    }),
  );
  gemini.controls.fault = 'no_credits';
  const ask = aProcess();
  await ask();
  await stored(1);
  for (const _ of [1, 2]) await Promise.all(watches.map((watch) => watch.tellAdmins()));
  expect(told).toEqual([
    expect.stringMatching(/reasons\.ai\.credits_depleted .*credits_depleted_remedy .*https:\/\/bot\.uz\/admin/),
  ]);
  expect(await watches[0]?.openAcrossTenants()).toMatchObject([{ reason: 'credits_depleted', model: '' }]);
});
