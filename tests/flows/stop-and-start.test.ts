import { afterAll, beforeAll, expect, test } from 'vitest';
import { newInstallation, runAppToEnd } from '../support/app-process.ts';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const CHATS = 40;
// A time is measured again when it is too long: other work on the machine may hold up one try.
const TRIES = 3;
let product: Product;
let bot: BotState;
let startMs: number;

// Dumps, locks and the first start on an empty folder are the embedded database's, whatever the other tests use.
beforeAll(async () => {
  const startedAt = performance.now();
  product = await startProduct({ installation: await newInstallation({ embedded: true, bare: true }) });
  startMs = performance.now() - startedAt;
  [bot] = (await ownerWithBots(product, 1)).bots;
});
afterAll(() => product.close());

/** The first result that took less than `limitMs`, else the last. */
async function withinTries<T extends { tookMs: number }>(limitMs: number, work: () => Promise<T>): Promise<T> {
  for (let i = 1; ; i += 1) {
    const result = await work();
    if (result.tookMs < limitMs || i === TRIES) return result;
  }
}

/** One line, without a stack. */
const portInUse = (port: string): RegExp => new RegExp(`^Port ${port} is in use\\. .+ PORT=\\d+ npm start\n$`);

test('a second process on the same port or data is refused within 2 s with the reason; the first goes on', async () => {
  const { app, env } = product;
  const port = new URL(app.url).port;
  const elsewhere = { DATA_DIR: `${env['DATA_DIR']}/other`, PORT: port };
  expect(await runAppToEnd(elsewhere)).toMatchObject({ code: 1, output: expect.stringMatching(portInUse(port)) });
  expect(app.output()).not.toContain('ExperimentalWarning');

  // On a machine that takes long for anything, at least sooner than a start.
  const limitMs = Math.max(within(2_000), startMs);
  const refused = await withinTries(limitMs, () => runAppToEnd(env));
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining(`process ${app.pid}`) });
  expect(refused.tookMs).toBeLessThan(limitMs);
  expect((await fetch(`${app.url}/readyz`)).status).toBe(200);
});

test('SIGTERM lets the answers under way finish and exits 0; the rest is answered after the next start, each once', async () => {
  product.gemini.controls.latencyMs = 1_000;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  for (let chatId = 1; chatId <= CHATS; chatId += 1) {
    product.telegram.customerSends(bot, { userId: chatId, languageCode: 'en', text: `Where is shop ${chatId}?` });
  }
  await product.telegram.waitFor(() => product.gemini.requests.length > 0, 'the first question to reach the AI');

  const stoppedAt = performance.now();
  expect(await product.app.end('SIGTERM')).toBe(0);
  expect(performance.now() - stoppedAt).toBeLessThan(within(15_000));

  product.gemini.controls.latencyMs = 0;
  await product.restart();
  await product.telegram.waitFor(() => product.telegram.sent(bot).length >= CHATS, 'every answer');
  const texts = product.telegram
    .sent(bot)
    .map((sent) => sent.text)
    .sort();
  expect(texts).toEqual(Array.from({ length: CHATS }, (_, i) => `You asked: Where is shop ${i + 1}?`).sort());
});

test('a killed embedded database opens again within 5 s', async () => {
  const restart = async (signal: NodeJS.Signals): Promise<{ tookMs: number }> => {
    await product.app.end(signal);
    const startedAt = performance.now();
    await product.restart();
    return { tookMs: performance.now() - startedAt };
  };
  // On a machine that takes long for anything, about as soon as after a stop.
  const limitMs = Math.max(within(5_000), 2 * (await restart('SIGTERM')).tookMs);
  expect((await withinTries(limitMs, () => restart('SIGKILL'))).tookMs).toBeLessThan(limitMs);
});

test('a wrong environment stops the start with one line per fault', async () => {
  const { code, output } = await runAppToEnd({ PORT: 'many', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://x' });

  expect(code).toBe(1);
  for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL']) expect(output).toMatch(new RegExp(`^${name}: `, 'm'));
});
