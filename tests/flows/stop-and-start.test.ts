import { afterEach, expect, test } from 'vitest';
import { newInstallation, runAppToEnd, startApp } from '../support/app-process.ts';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, startProduct } from '../support/product.ts';

const CHATS = 40;
// What takes its time is measured more than once: whatever else the machine does may hold up one try.
const TRIES = 3;
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('SIGTERM lets the answers under way finish and exits 0; the rest is answered after the next start, each once', async () => {
  const product = await startProduct();
  cleanups.push(() => product.close());
  const {
    bots: [bot],
  } = await ownerWithBots(product, 1);
  product.gemini.controls.latencyMs = 1_000;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  for (let chatId = 1; chatId <= CHATS; chatId += 1) {
    product.telegram.customerSends(bot, { userId: chatId, languageCode: 'en', text: `Where is shop ${chatId}?` });
  }
  await product.telegram.waitFor(() => product.gemini.requests.length > 0, 'the first question to reach the AI');

  const stoppedAt = performance.now();
  expect(await product.app.end('SIGTERM')).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(15_000);

  product.gemini.controls.latencyMs = 0;
  await product.restart();
  await product.telegram.waitFor(() => product.telegram.sent(bot).length >= CHATS, 'every answer', 30_000);
  const texts = product.telegram
    .sent(bot)
    .map((sent) => sent.text)
    .sort();
  expect(texts).toEqual(Array.from({ length: CHATS }, (_, i) => `You asked: Where is shop ${i + 1}?`).sort());
}, 90_000);

/** One line, without a stack. */
const portInUse = (port: string): RegExp => new RegExp(`^Port ${port} is in use\\. .+ PORT=\\d+ npm start\n$`);

test('a second process on the same port or data is refused within 2 s and told why; the first goes on', async () => {
  const installation = await newInstallation({ embedded: true });
  cleanups.push(() => installation.remove());
  const startedAt = performance.now();
  const first = await startApp(installation.env);
  const startMs = performance.now() - startedAt;
  cleanups.push(() => first.end('SIGTERM'));

  const port = new URL(first.url).port;
  const elsewhere = { DATA_DIR: `${installation.env['DATA_DIR']}/other`, PORT: port };
  expect(await runAppToEnd(elsewhere)).toMatchObject({ code: 1, output: expect.stringMatching(portInUse(port)) });
  expect(first.output()).not.toContain('ExperimentalWarning');

  const tries = [];
  for (let i = 0; i < TRIES; i += 1) tries.push(await runAppToEnd(installation.env));

  for (const { code, output } of tries) {
    expect(code).toBe(1);
    expect(output).toContain(`process ${first.pid}`);
  }
  // On a machine that takes long for anything, at least sooner than a start.
  expect(Math.min(...tries.map(({ tookMs }) => tookMs))).toBeLessThan(Math.max(2_000, startMs));
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
}, 60_000);

test('a killed embedded database opens again within 5 s', async () => {
  const installation = await newInstallation({ embedded: true });
  cleanups.push(() => installation.remove());
  let app = await startApp(installation.env);
  cleanups.push(() => app.end('SIGTERM'));
  const restartMs = async (signal: NodeJS.Signals): Promise<number> => {
    await app.end(signal);
    const startedAt = performance.now();
    app = await startApp(installation.env);
    return performance.now() - startedAt;
  };

  const afterStopMs = await restartMs('SIGTERM');
  const afterKillMs: number[] = [];
  for (let i = 0; i < TRIES; i += 1) afterKillMs.push(await restartMs('SIGKILL'));

  // On a machine that takes long for anything, about as soon as after a stop.
  expect(Math.min(...afterKillMs)).toBeLessThan(Math.max(5_000, 2 * afterStopMs));
}, 120_000);

test('a wrong environment stops the start with one line per fault', async () => {
  const { code, output } = await runAppToEnd({ PORT: 'many', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' });

  expect(code).toBe(1);
  for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) expect(output).toMatch(new RegExp(`^${name}: `, 'm'));
});
