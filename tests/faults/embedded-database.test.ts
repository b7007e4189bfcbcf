// R07 to R12 from outside: what somebody who runs the product on its embedded database sees, whatever database the others use.
import { execFileSync } from 'node:child_process';
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newInstallation, runAppToEnd } from '../support/app-process.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { PASSWORD, type Visitor, visitor } from '../support/site-visitor.ts';
import { within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const MB = 1024 * 1024;
// Large beside whatever else writes to the disk meanwhile.
const BALLAST_MB = 2_000;

let product: Product;
let owner: Visitor;
let bot: BotState;
let dataDir: string;
let startMs: number;
beforeAll(async () => {
  const installation = await newInstallation({ embedded: true });
  const startedAt = performance.now();
  product = await startProduct({ ai: false, adapt: ({ DATABASE_URL: _, ...env }) => ({ ...env, ...installation.env }) });
  startMs = performance.now() - startedAt;
  product.installation = installation;
  dataDir = installation.env['DATA_DIR'] as string;
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  [bot] = made.bots;
}, 120_000);
afterAll(() => product.close());

let lastUser = 0;
function customersWrite(count: number): number[] {
  const users = Array.from({ length: count }, () => ++lastUser);
  for (const userId of users) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  return users;
}
const answered = (users: number[], limitMs = 60_000): Promise<unknown> =>
  product.telegram.waitFor(
    () => users.every((userId) => bot.sent.some(({ chatId }) => chatId === userId)),
    'every answer',
    limitMs,
  );

test('R07: a second process ends within 2 s with 1 and names who holds the data; the first goes on', async () => {
  const tries = [await runAppToEnd(product.env), await runAppToEnd(product.env), await runAppToEnd(product.env)];

  for (const { code, output } of tries) {
    expect(code).toBe(1);
    expect(output).toContain(`in use by process ${product.app.pid}`);
  }
  // Whatever else the machine does may hold up one of them; on one that takes long for anything, at least sooner than a start.
  expect(Math.min(...tries.map(({ tookMs }) => tookMs))).toBeLessThan(Math.max(within(2_000), startMs));
  await answered(customersWrite(1));
});

test('R11: a query of 3 s holds up what needs the database and nothing else', async () => {
  let over = false;
  const slow = product.installation.query('SELECT pg_sleep(3)').then(() => {
    over = true;
  });
  const page = owner.get('/dashboard');
  for (let i = 0; i < 5; i += 1) expect((await fetch(`${product.app.url}/login`)).status).toBe(200);
  expect((await fetch(`${product.app.url}/healthz`)).status).toBe(200);
  expect(over).toBe(false);
  await slow;

  expect((await page).status).toBe(200);
});

test('R08: killed while it writes, again and again, it opens within 5 s and has all it acknowledged', async () => {
  const restartMs = async (signal: NodeJS.Signals): Promise<number> => {
    await product.app.end(signal);
    const startedAt = performance.now();
    await product.restart();
    return performance.now() - startedAt;
  };
  const afterStopMs = [await restartMs('SIGTERM'), await restartMs('SIGTERM')];
  const afterKillMs: number[] = [];
  let doubled = 0;
  for (let kill = 0; kill < 3; kill += 1) {
    const users = customersWrite(40);
    const before = bot.sent.length;
    await product.telegram.waitFor(() => bot.sent.length > before + 3, 'the first answers');
    const sending = "SELECT count(*)::int AS n FROM messages WHERE direction = 'out' AND status = 'sending'";
    await product.app.end('SIGKILL');
    doubled += (await product.installation.query<{ n: number }>(sending))[0]?.n ?? 0;
    afterKillMs.push(await restartMs('SIGKILL'));
    await answered(users);
  }
  await untilSettled(product);
  console.info(
    `open again after ${afterKillMs.map(Math.round).join(', ')} ms, after a stop ${afterStopMs.map(Math.round).join(', ')}`,
  );

  // Whatever else the machine does may hold up one of them; on one that takes long for anything, about as soon as after a stop.
  expect(Math.min(...afterKillMs)).toBeLessThan(Math.max(within(5_000), 2 * Math.min(...afterStopMs)));
  await expectInvariants(product, { doubled });
});

test('R10: on a full disk pages are read, nothing is taken in and nothing polled; with space again it goes on by itself', async () => {
  const ballast = join(dataDir, 'ballast');
  execFileSync('fallocate', ['-l', `${BALLAST_MB}M`, ballast]);
  const { bavail, bsize } = await statfs(dataDir);
  const freeMb = (bavail * bsize) / MB;
  await product.app.end('SIGTERM');
  product.env['MIN_FREE_MB'] = String(Math.round(freeMb + BALLAST_MB / 2));
  await product.restart();
  const callsBefore = product.telegram.calls(bot, 'getUpdates').length;
  const users = customersWrite(1);

  const form = await fetch(`${product.app.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ login: 'a', password: 'b' }),
  });
  const webhooks = await Promise.all(
    ['telegram/x', 'whatsapp', 'instagram'].map((path) =>
      fetch(`${product.app.url}/webhooks/${path}`, { method: 'POST', body: '{}' }),
    ),
  );
  const page = await fetch(`${product.app.url}/login`);
  expect([page.status, form.status, ...webhooks.map(({ status }) => status)]).toEqual([200, 503, 503, 503, 503]);
  expect(await form.text()).toMatch(/disk/i);
  expect(product.telegram.calls(bot, 'getUpdates')).toHaveLength(callsBefore);
  expect(bot.queue).toHaveLength(1);

  const { pid } = product.app;
  await rm(ballast);
  await answered(users);
  const again = visitor(product.app.url);
  const done = await again.submit('/login', '/login', { login: 'owner', password: PASSWORD });
  expect([done.status, product.app.pid]).toEqual([303, pid]);
});

test('R12: data of another Postgres is refused in plain words and left as it is', async () => {
  await product.app.end('SIGTERM');
  const version = join(dataDir, 'database/pg/PG_VERSION');
  const before = await readFile(version, 'utf8');
  await writeFile(version, '17\n');
  const refused = await runAppToEnd(product.env);

  expect(refused.code).toBe(1);
  expect(refused.output).toMatch(/written by Postgres 17, this version reads 18/);
  expect(refused.output).toContain('The files were left as they are');
  expect(refused.output).not.toMatch(/\n\s+at /);
  await writeFile(version, before);
  product.env['MIN_FREE_MB'] = '0';
  await product.restart();
  await answered(customersWrite(1));
});
