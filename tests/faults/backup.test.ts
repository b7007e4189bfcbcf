// R19: a backup made while customers write, restored elsewhere: secrets readable, nothing answered twice, fast enough. On the
// embedded database by db:dump and db:restore, on Postgres by its own tools. BACKUP_MB for a larger one.
import { execFile } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Installation, newInstallation, startApp } from '../support/app-process.ts';
import { untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { soak } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const ROOT = join(import.meta.dirname, '../..');
const SIZE_MB = Number(process.env['BACKUP_MB'] ?? soak(20, 200));
const BYTES_A_MESSAGE = 500;
const GB = 1024 ** 3;
const MOST_SECONDS_A_GB = 300;
// What the embedded database's own files take at least, and starting takes whatever the size.
const FIXED_SECONDS = soak(60, 10);
const SECRETS = { SESSION_SECRET: 'a secret that is kept apart from the backup' };

let product: Product;
let bot: BotState;
let elsewhere: Installation;
beforeAll(async () => {
  product = await startProduct({ ai: false, adapt: (env) => ({ ...env, ...SECRETS }) });
  [bot] = (await ownerWithBots(product, 1)).bots;
  elsewhere = await newInstallation({ bare: true });
}, 90_000);
afterAll(async () => {
  await product.close();
  await elsewhere.remove();
});

const run = promisify(execFile);
const { PATH = '', HOME = '' } = process.env;
const cli = (env: Record<string, string>, ...args: string[]) =>
  run(process.execPath, [join(ROOT, 'src/cli/database.ts'), ...args], {
    env: { PATH, HOME, NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...env },
  });

/** Postgres' own program: the newest there is, since it must not be older than the server. */
function tool(name: string): string {
  const newest = globSync(`/usr/lib/postgresql/*/bin/${name}`)
    .sort((a, b) => Number(/\d+/.exec(a)) - Number(/\d+/.exec(b)))
    .at(-1);
  return newest ?? name;
}

async function backUp(file: string): Promise<void> {
  const { DATABASE_URL } = product.env;
  if (DATABASE_URL) await run(tool('pg_dump'), ['--format=custom', `--file=${file}`, DATABASE_URL]);
  else await cli(product.env, 'dump', file);
}
async function restore(file: string): Promise<void> {
  const { DATABASE_URL } = elsewhere.env;
  if (DATABASE_URL) await run(tool('pg_restore'), ['--no-owner', '--exit-on-error', `--dbname=${DATABASE_URL}`, file]);
  else await cli(elsewhere.env, 'restore', file);
}
async function took(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}

const answersTo = (userId: number): number => bot.sent.filter(({ chatId }) => chatId === userId).length;
async function asked(userId: number) {
  const update = product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await product.telegram.waitFor(() => answersTo(userId) === 1, 'an answer', 30_000);
  return update;
}

test(`${SIZE_MB} MB of messages: backed up while the product runs and restored elsewhere in less than 5 minutes per GB`, async () => {
  const before = [await asked(1), await asked(2)];
  await product.installation.query(
    `INSERT INTO messages (tenant_id, conversation_id, direction, kind, text, status, created_at)
     SELECT v.tenant_id, v.id, 'in', 'text', repeat(md5(n::text) || ' ', 9), 'answered', now() - n * interval '1 second'
     FROM (SELECT * FROM conversations LIMIT 1) v, generate_series(1, $1::int) n`,
    [Math.ceil((SIZE_MB * 1024 ** 2) / BYTES_A_MESSAGE)],
  );
  const [size] = await product.installation.query<{ bytes: string }>('SELECT pg_database_size(current_database()) AS bytes');
  const gigabytes = Number(size?.bytes) / GB;
  await untilSettled(product);

  const file = join(product.env['DATA_DIR'] as string, 'backup');
  const dumpSeconds = await took(() => backUp(file));
  await asked(3);
  await product.app.end('SIGKILL');
  const restoreSeconds = await took(() => restore(file));
  console.info(
    `${(gigabytes * 1024).toFixed(0)} MB: dump ${dumpSeconds.toFixed(1)} s (${(statSync(file).size / 1024 ** 2).toFixed(0)} MB), restore ${restoreSeconds.toFixed(1)} s`,
  );
  expect(dumpSeconds).toBeLessThan(gigabytes * MOST_SECONDS_A_GB + FIXED_SECONDS);
  expect(restoreSeconds).toBeLessThan(gigabytes * MOST_SECONDS_A_GB + FIXED_SECONDS);

  // The bot is polled with the token that was sealed in the backup; what it answered before is not answered again.
  product.app = await startApp({ ...product.env, ...elsewhere.env, ...SECRETS });
  for (const update of before) product.telegram.redeliver(bot, update);
  await asked(4);
  await product.telegram.waitFor(() => bot.queue.length === 0, 'the repeats to be taken');
  expect([answersTo(1), answersTo(2)]).toEqual([1, 1]);
  const stored = "SELECT text FROM messages WHERE text IN ('What is 1?', 'What is 2?', 'What is 4?') ORDER BY id";
  expect((await elsewhere.query<{ text: string }>(stored)).map(({ text }) => text)).toEqual([
    'What is 1?',
    'What is 2?',
    'What is 4?',
  ]);
}, 600_000);
