import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createAiService } from '../../src/ai/ai.service.ts';
import { createCircuit, type Outcome } from '../../src/ai/circuit.ts';
import { createGeminiClient } from '../../src/ai/gemini.client.ts';
import { createSemaphore } from '../../src/platform/semaphore.ts';
import { type GeminiEmulator, type GeminiFault, startGeminiEmulator } from '../support/gemini-emulator/gemini-emulator.ts';

const PRIMARY = 'gemini-3.5-flash-lite';
const FALLBACK = 'gemini-2.5-flash-lite';
const question = { systemInstruction: 'You are Non, a bakery.', history: [], text: 'Salom', media: [] };

let gemini: GeminiEmulator;
beforeAll(async () => {
  gemini = await startGeminiEmulator();
});
afterAll(() => gemini.close());
beforeEach(() => {
  gemini.reset();
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 22) });
});
afterEach(() => vi.useRealTimers());

interface Options {
  apiKey?: string;
  baseUrl?: string;
  limits?: Parameters<typeof createAiService>[0]['limits'];
}

/** The service against the emulator, with a clock that moves only by the waits between tries. */
function service({ apiKey = gemini.apiKey, baseUrl = gemini.url, limits = {} }: Options = {}) {
  const clock = { waits: [] as number[], advance: (ms: number) => vi.setSystemTime(Date.now() + ms) };
  const logger = { warn: vi.fn(), error: vi.fn() };
  const ai = createAiService({
    client: createGeminiClient({ apiKey, baseUrl }),
    models: { primary: PRIMARY, fallback: FALLBACK },
    logger,
    limits,
    random: () => 0.5,
    sleep: async (ms) => {
      clock.waits.push(ms);
      clock.advance(ms);
    },
  });
  return { ai, clock, logger };
}

test('an answer comes with its model and the tokens it cost', async () => {
  gemini.controls.answer = () => 'Assalomu alaykum!';
  const answer = await service().ai.answer(question);

  expect(answer).toMatchObject({
    ok: true,
    text: 'Assalomu alaykum!',
    cut: false,
    model: PRIMARY,
    usage: { promptTokens: 17, answerTokens: 5 },
    spent: { calls: 1, model: PRIMARY, promptTokens: 17, answerTokens: 5 },
  });
  expect(gemini.requests).toHaveLength(1);
});

test('without a key nothing is asked', async () => {
  const ai = createAiService({
    client: null,
    models: { primary: PRIMARY, fallback: FALLBACK },
    logger: { warn: vi.fn(), error: vi.fn() },
  });

  expect(ai.configured).toBe(false);
  expect(await ai.answer(question)).toMatchObject({ ok: false, reason: 'no_key' });
});

test.each<[GeminiFault, string, number]>([
  ['bad_key', 'bad_key', 1],
  ['forbidden', 'bad_key', 1],
  ['bad_request', 'rejected', 1],
  ['per_day', 'daily_limit', 1],
  ['limit_zero', 'daily_limit', 1],
  ['wrong_location', 'location_refused', 1],
  ['no_billing', 'billing_required', 1],
  ['no_free_tier', 'billing_required', 1],
  ['no_credits', 'credits_depleted', 1],
  ['spending_cap', 'credits_depleted', 1],
  ['expired_key', 'bad_key', 1],
  ['api_disabled', 'bad_key', 1],
  ['shut_down', 'model_retired', 2],
  [{ kind: 'per_minute', retryDelay: '31s' }, 'rate_limited', 1],
  [{ kind: 'per_minute', retryDelay: '2s' }, 'rate_limited', 3],
  ['internal', 'overloaded', 3],
  ['overloaded', 'overloaded', 3],
  ['html_error', 'overloaded', 3],
  ['reset', 'unreachable', 3],
  ['no_candidates', 'empty', 2],
  ['max_tokens', 'empty', 2],
  ['prompt_blocked', 'blocked', 1],
  ['safety', 'blocked', 1],
  ['malformed_json', 'rejected', 1],
  ['wrong_shape', 'rejected', 1],
  ['huge', 'rejected', 1],
])('%j is %s after %i tries', async (fault, reason, tries) => {
  gemini.controls.fault = fault;
  const { ai, logger } = service();

  expect(await ai.answer(question)).toMatchObject({ ok: false, reason });
  expect(gemini.requests).toHaveLength(tries);
  expect(logger.warn).toHaveBeenCalledWith({ reason }, expect.any(String));
});

test('a wrong key is told apart from a request that is refused', async () => {
  expect(await service({ apiKey: 'wrong' }).ai.answer(question)).toMatchObject({ ok: false, reason: 'bad_key' });
});

test('an address where nobody listens is unreachable', async () => {
  const closed = await startGeminiEmulator();
  await closed.close();

  expect(await service({ baseUrl: closed.url }).ai.answer(question)).toMatchObject({ ok: false, reason: 'unreachable' });
});

const photo = { mimeType: 'image/jpeg', base64: 'AAAA' };
test.each([
  'bad_file',
  'bad_request',
] as const)('files that are refused (%s) are left out, once, and the answer says so', async (fault) => {
  gemini.controls.nextFaults = [fault];
  expect(await service().ai.answer({ ...question, media: [photo] })).toMatchObject({
    ok: true,
    filesRefused: true,
    spent: { calls: 2 },
  });
  expect(gemini.requests.map(({ body }) => body.contents.at(-1)?.parts.length)).toEqual([2, 1]);
  expect(gemini.requests[1]?.body.systemInstruction?.parts[0]?.text).toContain('could not be opened');

  gemini.controls.fault = fault;
  const again = await service().ai.answer({ ...question, media: [photo] });
  expect(again).toMatchObject({ ok: false, reason: 'rejected' });
  const alone = await service().ai.answer({ ...question, text: '', media: [photo] });
  expect(alone).toMatchObject({ ok: false, reason: 'files_refused' });
});

test.each([
  'image/svg+xml',
  'image/gif',
  'image/tiff',
  'audio/amr',
  'application/zip',
  'text/html',
  '',
  'video/x-msvideo',
])('a file of type %j is never sent; the words are answered', async (mimeType) => {
  const answer = await service().ai.answer({ ...question, media: [{ mimeType, base64: 'AAAA' }, photo] });
  expect(answer).toMatchObject({ ok: true, filesRefused: true });
  const only = await service().ai.answer({ ...question, text: '', media: [{ mimeType, base64: 'AAAA' }] });
  expect(only).toMatchObject({ ok: false, reason: 'files_refused' });
  expect(gemini.requests).toHaveLength(1);
});

test.each([
  ['audio/mpeg', 'audio/mp3'],
  ['audio/opus', 'audio/ogg'],
  ['audio/ogg; codecs=opus', 'audio/ogg'],
  ['audio/x-m4a', 'audio/mp4'],
  ['IMAGE/JPG', 'image/jpeg'],
  ['image/heif', 'image/heif'],
  ['audio/x-wav', 'audio/wav'],
  ['application/x-pdf', 'application/pdf'],
])('%s is sent as %s', async (given, sent) => {
  expect(await service().ai.answer({ ...question, media: [{ ...photo, mimeType: given }] })).toMatchObject({ ok: true });
  expect(gemini.requests[0]?.body.contents.at(-1)?.parts[0]?.inlineData?.mimeType).toBe(sent);
});

test('an overloaded model is followed by the second one at once', async () => {
  gemini.controls.nextFaults = ['overloaded'];
  const { ai, clock } = service();

  expect(await ai.answer(question)).toMatchObject({ ok: true, model: FALLBACK });
  expect(clock.waits).toEqual([]);
});

test('an overload of both models is waited out, with jitter', async () => {
  gemini.controls.nextFaults = ['overloaded', 'internal'];
  const { ai, clock } = service();

  expect(await ai.answer(question)).toMatchObject({ ok: true, model: PRIMARY });
  expect(clock.waits).toEqual([600]);
  expect(gemini.requests.map(({ model }) => model)).toEqual([PRIMARY, FALLBACK, PRIMARY]);
});

test.each<GeminiFault>(['no_candidates', 'max_tokens'])('after %j the second model is asked', async (fault) => {
  gemini.controls.nextFaults = [fault];

  expect(await service().ai.answer(question)).toMatchObject({ ok: true, model: FALLBACK });
});

test('an answer of invisible characters alone is empty', async () => {
  gemini.controls.answer = ({ model }) => ({ raw: model === PRIMARY ? '\u200b\n\u200b' : 'Salom' });

  expect(await service().ai.answer(question)).toMatchObject({ ok: true, model: FALLBACK, text: 'Salom' });
});

test.each<GeminiFault>(['hang', 'drip'])('a model that only comes to "%s" leaves time for the second one', async (fault) => {
  gemini.controls.nextFaults = [fault];

  expect(await service({ limits: { budgetMs: 400 } }).ai.answer(question)).toMatchObject({ ok: true, model: FALLBACK });
});

test('the second model is asked first when the answer of the first one was of no use', async () => {
  expect(await service().ai.answer({ ...question, secondModelFirst: true })).toMatchObject({ ok: true, model: FALLBACK });
});

test.each<[GeminiFault, string]>([
  ['bad_key', 'GEMINI_API_KEY'],
  ['wrong_location', 'country'],
  ['no_billing', 'billing'],
  ['no_credits', 'credits'],
])('what only the operator can change is told in words, once: %j', async (fault, word) => {
  gemini.controls.fault = fault;
  const { ai, logger } = service();
  await ai.answer(question);
  await ai.answer(question);

  expect(logger.error.mock.calls).toEqual([[expect.anything(), expect.stringContaining(word)]]);
});

test('a limit per minute is retried after the told delay when it fits in the budget', async () => {
  gemini.controls.nextFaults = [{ kind: 'per_minute', retryDelay: '5.5s' }];
  const { ai, clock } = service();

  expect(await ai.answer(question)).toMatchObject({ ok: true });
  expect(clock.waits).toEqual([5700]);
});

test.each<GeminiFault>(['hang', 'drip'])('%s ends as a timeout when the budget is spent, and frees its slot', async (fault) => {
  gemini.controls.nextFaults = [fault, fault];
  const { ai } = service({ limits: { budgetMs: 200, concurrency: 1 } });

  expect(await ai.answer(question)).toMatchObject({ ok: false, reason: 'timeout' });
  expect(await ai.answer(question)).toMatchObject({ ok: true });
});

test('no more calls run at once than there are semaphore', async () => {
  gemini.controls.latencyMs = 20;
  const { ai } = service({ limits: { concurrency: 3 } });

  const answers = await Promise.all(Array.from({ length: 12 }, () => ai.answer(question)));
  expect(answers.every((answer) => answer.ok)).toBe(true);
  expect(gemini.mostInFlight()).toBe(3);
});

test('who waits for a slot longer than the budget is told so', async () => {
  const semaphore = createSemaphore(1);
  const waiting = new AbortController();
  const release = await semaphore.take(waiting.signal);
  const second = semaphore.take(waiting.signal);
  waiting.abort();

  expect([await second, await semaphore.take(waiting.signal)]).toEqual([null, null]);
  release?.();
  expect(await semaphore.take(new AbortController().signal)).toBeTypeOf('function');
});

test('of one bot only so many questions are asked at once; another bot is served meanwhile', async () => {
  const semaphore = createSemaphore(3, 2);
  const { signal } = new AbortController();
  const first = await semaphore.take(signal, 'busy');
  await semaphore.take(signal, 'busy');
  let third = false;
  const waiting = semaphore.take(signal, 'busy').then(() => {
    third = true;
  });

  expect(await semaphore.take(signal, 'other')).toBeTypeOf('function');
  expect(third).toBe(false);
  first?.();
  await waiting;
  expect(third).toBe(true);
});

test('one bot puts so many questions a minute to the AI; another bot and the next minute are not concerned', async () => {
  const { ai, clock } = service({ limits: { botPerMinute: 2 } });
  const asked = async (botId: string) => (await ai.answer({ ...question, botId })).ok;

  expect([await asked('a'), await asked('a'), await asked('a'), await asked('b')]).toEqual([true, true, false, true]);
  expect(await ai.answer({ ...question, botId: 'a' })).toMatchObject({ ok: false, reason: 'bot_pause' });
  expect(gemini.requests).toHaveLength(3);
  clock.advance(60_000);
  expect(await asked('a')).toBe(true);
});

test('calls that hang while others succeed do not stop the others', async () => {
  const circuit = createCircuit({ threshold: 2, openMs: 1_000 });
  const calls: ((outcome: Outcome) => void)[] = [];
  const call = () => circuit(() => new Promise((resolve) => calls.push(resolve)));
  const end = (at: number, outcome: Outcome) => calls[at]?.(outcome);
  const hung: Outcome = { ok: false, reason: 'timeout' };
  const answered: Outcome = { ok: true, text: 'Salom', cut: false, model: PRIMARY, usage: { promptTokens: 1, answerTokens: 1 } };

  const before = [call(), call(), call()];
  const between = call();
  end(3, answered);
  await between;
  for (const at of [0, 1, 2]) end(at, hung);
  expect(await Promise.all(before)).toMatchObject([hung, hung, hung]);

  const after = [call(), call()];
  expect(calls).toHaveLength(6);
  for (const at of [4, 5]) end(at, hung);
  await Promise.all(after);
  expect(await call()).toMatchObject(hung);
  expect(calls).toHaveLength(6);
});

test('while one call of each model finds out whether it is over, nobody waits for their outcomes', async () => {
  gemini.controls.fault = 'internal';
  const { ai, clock } = service({ limits: { circuitThreshold: 1 } });
  await ai.answer(question);
  gemini.controls.fault = 'hang';
  clock.advance(15_000);
  const giveUp = new AbortController();
  const probes = [false, true].map((secondModelFirst) => ai.answer({ ...question, secondModelFirst, signal: giveUp.signal }));
  await vi.waitFor(() => expect(gemini.requests).toHaveLength(4), 60_000);

  expect(await ai.answer(question)).toMatchObject({ ok: false, reason: 'overloaded' });
  giveUp.abort();
  expect(await Promise.all(probes)).toMatchObject(probes.map(() => ({ ok: false, reason: 'timeout' })));
});

test('a model that is down is passed over; the other one answers', async () => {
  gemini.controls.nextFaults = ['internal', null];
  const { ai } = service({ limits: { circuitThreshold: 1 } });
  await ai.answer(question);
  await ai.answer(question);

  expect(gemini.requests.map(({ model }) => model)).toEqual([PRIMARY, FALLBACK, FALLBACK]);
});

test('calls that a frozen process let time out say nothing against the service', async () => {
  gemini.controls.nextFaults = ['hang'];
  const { ai, clock } = service({ limits: { circuitThreshold: 1, budgetMs: 200 } });
  const late = ai.answer(question);
  clock.advance(60_000);

  expect(await late).toMatchObject({ ok: false, reason: 'timeout' });
  expect(await ai.answer(question)).toMatchObject({ ok: true });
});

test('a wait between tries ends with its caller', async () => {
  gemini.controls.fault = { kind: 'per_minute', retryDelay: '9s' };
  const giveUp = new AbortController();
  const startedAt = performance.now();
  const ai = createAiService({
    client: createGeminiClient({ apiKey: gemini.apiKey, baseUrl: gemini.url }),
    models: { primary: PRIMARY, fallback: FALLBACK },
    logger: { warn: () => giveUp.abort(), error: vi.fn() },
  });
  const answer = ai.answer({ ...question, signal: giveUp.signal });
  await vi.waitFor(() => expect(gemini.requests).toHaveLength(1), 60_000);
  giveUp.abort();

  expect(await answer).toMatchObject({ ok: false, reason: 'timeout' });
  expect(performance.now() - startedAt).toBeLessThan(8_500);
});

test('a caller that stops waiting ends the call', async () => {
  gemini.controls.fault = 'hang';
  const controller = new AbortController();
  const answer = service().ai.answer({ ...question, signal: controller.signal });
  controller.abort();

  expect(await answer).toMatchObject({ ok: false, reason: 'timeout' });
});

test('a retired model is replaced by the second one, told to the operator once and not asked again for an hour', async () => {
  gemini.controls.retired.add(PRIMARY);
  const { ai, clock, logger } = service();

  expect(await ai.answer(question)).toMatchObject({ ok: true, model: FALLBACK });
  expect(await ai.answer(question)).toMatchObject({ ok: true, model: FALLBACK });
  expect(gemini.requests.map(({ model }) => model)).toEqual([PRIMARY, FALLBACK, FALLBACK]);
  expect(logger.error).toHaveBeenCalledTimes(1);

  gemini.controls.retired.clear();
  clock.advance(60 * 60 * 1000);
  expect(await ai.answer(question)).toMatchObject({ ok: true, model: PRIMARY });
});

test('when both models are retired nothing is asked any more', async () => {
  gemini.controls.retired = new Set([PRIMARY, FALLBACK]);
  const { ai } = service();

  expect(await ai.answer(question)).toMatchObject({ ok: false, reason: 'model_retired' });
  expect(await ai.answer(question)).toMatchObject({ ok: false, reason: 'model_retired' });
  expect(gemini.requests).toHaveLength(2);
});

test('after failures in a row calls fail at once with the same reason; one probe finds out when it is over', async () => {
  gemini.controls.fault = { kind: 'per_minute', retryDelay: '31s' };
  const { ai, clock } = service({ limits: { circuitThreshold: 3 } });
  for (let i = 0; i < 20; i += 1) expect(await ai.answer(question)).toMatchObject({ ok: false, reason: 'rate_limited' });
  expect(gemini.requests).toHaveLength(3);

  gemini.controls.fault = null;
  gemini.controls.latencyMs = 20;
  clock.advance(31_000);
  const answers = await Promise.all([ai.answer(question), ai.answer(question), ai.answer(question)]);
  expect(answers.map((answer) => answer.ok)).toEqual([true, false, false]);
  expect(await ai.answer(question)).toMatchObject({ ok: true });
});

test('a probe that fails keeps the circuit open', async () => {
  gemini.controls.fault = 'bad_key';
  const { ai, clock } = service({ limits: { circuitThreshold: 2, circuitOpenMs: 15_000 } });
  await ai.answer(question);
  await ai.answer(question);
  clock.advance(15_000);
  await ai.answer(question);
  await ai.answer(question);

  expect(gemini.requests).toHaveLength(3);
});

test('answers that are blocked or empty say nothing against the service', async () => {
  gemini.controls.fault = 'safety';
  const { ai } = service({ limits: { circuitThreshold: 2 } });
  for (let i = 0; i < 4; i += 1) await ai.answer(question);

  expect(gemini.requests).toHaveLength(4);
});

test('nothing of a prompt, an answer or the key is logged', async () => {
  gemini.controls.fault = 'bad_request';
  const { ai, logger } = service();
  await ai.answer({ ...question, text: 'mening kartam 8600', history: [{ role: 'customer', text: 'sir' }] });

  const logged = JSON.stringify([logger.warn.mock.calls, logger.error.mock.calls]);
  expect(logged).not.toMatch(/8600|sir|bakery|AIza/);
});
