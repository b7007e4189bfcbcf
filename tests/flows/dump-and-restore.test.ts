import { execFile } from 'node:child_process';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newInstallation, runAppToEnd } from '../support/app-process.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

const ROOT = join(import.meta.dirname, '../..');

let product: Product;
let bot: BotState;
let dump: string;
beforeAll(async () => {
  // Whatever database the other tests use: dumps are the embedded one's.
  const installation = await newInstallation({ embedded: true });
  product = await startProduct({ ai: false, installation });
  dump = join(installation.env.DATA_DIR as string, 'a.tar.gz');
  [bot] = (await ownerWithBots(product, 1)).bots;
});
afterAll(() => product.close());

function command(name: 'dump' | 'restore', file: string, env = product.env): Promise<{ code: number; output: string }> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    const options = { env: { PATH, HOME, NODE_OPTIONS: '--disable-warning=ExperimentalWarning', ...env } };
    execFile(process.execPath, [join(ROOT, 'src/cli/database.ts'), name, file], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), output: stdout + stderr }),
    );
  });
}

const answersTo = (userId: number): number => product.telegram.sent(bot).filter(({ chatId }) => chatId === userId).length;

test('a dump is made while the app runs, and a running database is not restored into', async () => {
  const asked = product.telegram.customerSends(bot, { userId: 1, languageCode: 'en', text: 'Where are you?' });
  await product.telegram.waitFor(() => answersTo(1) === 1, 'an answer', 60_000);
  const settled = "SELECT count(*)::int AS n FROM messages WHERE direction = 'out' AND status = 'sent'";
  await product.telegram.waitFor(
    async () => (await product.installation.query<{ n: number }>(settled))[0]?.n === 1,
    'it to settle',
  );

  expect(await command('dump', dump)).toMatchObject({ code: 0, output: expect.stringContaining(dump) });
  const refused = await command('restore', dump);

  expect(refused.code).toBe(1);
  expect(refused.output).toContain(`in use by process ${product.app.pid}`);
  product.telegram.customerSends(bot, { userId: 2, languageCode: 'en', text: 'After the dump' });
  await product.telegram.waitFor(() => answersTo(2) === 1, 'an answer', 60_000);
  product.telegram.redeliver(bot, asked);
  await product.telegram.waitFor(() => bot.queue.length === 0, 'the repeat to be taken', 60_000);
});

test('damaged data is refused with the remedy; after a restore the bot works and answers no old update again', async () => {
  await product.app.end('SIGKILL');
  await truncate(join(product.env.DATA_DIR as string, 'database/pg/global/pg_control'), 0);
  const refused = await runAppToEnd(product.env);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain('npm run db:restore');

  expect(await command('restore', dump)).toMatchObject({ code: 0, output: expect.stringContaining('before-restore') });
  await product.restart();
  const earlier = [...bot.delivered.values()][0];
  product.telegram.redeliver(bot, earlier as NonNullable<typeof earlier>);
  product.telegram.customerSends(bot, { userId: 3, languageCode: 'en', text: 'Hello again' });
  await product.telegram.waitFor(() => answersTo(3) === 1, 'an answer by the token that was sealed in the dump', 60_000);

  expect(answersTo(1)).toBe(1);
  const [row] = await product.installation.query<{ n: number }>(
    "SELECT count(*)::int AS n FROM messages WHERE text = 'Where are you?'",
  );
  expect(row?.n).toBe(1);
});

test('on Postgres the commands name Postgres’s tools', async () => {
  const { code, output } = await command('dump', dump, {
    ...product.env,
    DATABASE_URL: 'postgresql://user:secret@127.0.0.1:1/x',
  });

  expect(code).toBe(1);
  expect(output).toContain('pg_dump');
  expect(output).not.toContain('secret');
});
