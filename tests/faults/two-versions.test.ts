// R14: the next version has expanded the database while this one still runs, is started again, and is started too late.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAppToEnd } from '../support/app-process.ts';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { createTelegramBot, PASSWORD, visitor } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';

let product: Product;
let bot: BotState;
beforeAll(async () => {
  product = await startProduct();
  [bot] = (await ownerWithBots(product, 1)).bots;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

let lastUser = 0;
async function customersAreAnswered(): Promise<void> {
  const users = Array.from({ length: 20 }, () => ++lastUser);
  for (const userId of users) product.telegram.customerSends(bot, { userId, languageCode: 'en', text: `What is ${userId}?` });
  const done = (): boolean => users.every((userId) => bot.sent.some(({ chatId }) => chatId === userId));
  await product.telegram.waitFor(done, 'every answer', 30_000);
  await untilSettled(product);
}

/** What only the next version knows: a column in every table, a table, a value of an enum, an index. */
async function expand(name: string): Promise<void> {
  const tables = await product.installation.query<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_%'",
  );
  expect(tables.length).toBeGreaterThan(15);
  for (const table of tables) {
    await product.installation.query(
      `ALTER TABLE "${table.name}" ADD COLUMN from_the_future text, ADD COLUMN future_flag boolean NOT NULL DEFAULT false`,
    );
  }
  await product.installation.query(
    'CREATE TABLE future_things (id uuid PRIMARY KEY, bot_id uuid REFERENCES bots ON DELETE CASCADE)',
  );
  await product.installation.query('ALTER TYPE "MessageStatus" ADD VALUE \'from_the_future\'');
  await product.installation.query('CREATE INDEX future_index ON messages (from_the_future)');
  await applied(name);
}

/** As the next version's start records it. */
const applied = (name: string): Promise<unknown> =>
  product.installation.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
     VALUES (gen_random_uuid()::text, 'x', $1, now(), now(), 1)`,
    [name],
  );

test('what runs goes on while the next version adds columns to every table: customers, pages and forms', async () => {
  await customersAreAnswered();
  await expand('9000_next_version');
  await customersAreAnswered();

  const owner = visitor(product.app.url);
  expect((await owner.submit('/login', '/login', { login: 'owner', password: PASSWORD })).status).toBe(303);
  for (const path of ['/dashboard', '/bots', '/conversations', '/account', '/subscription']) {
    expect({ path, status: (await owner.get(path)).status }).toEqual({ path, status: 200 });
  }
  const second = product.telegram.addBot({ token: `700000777:${'A'.repeat(35)}` });
  const page = await createTelegramBot(owner, { name: 'Made meanwhile', systemPrompt: 'You help.', token: second.token });
  const saved = await owner.submit(`${page}/knowledge`, `${page}/knowledge`, { title: 'Hours', content: 'From eight to six.' });
  expect(saved.status).toBe(303);
  await expectInvariants(product);
});

test('this version starts again on the expanded database, and says that a newer one has been there', async () => {
  await product.app.end('SIGTERM');
  await product.restart();
  await customersAreAnswered();

  expect(product.app.output()).toContain('9000_next_version');
  await expectInvariants(product);
});

test('once a later version has taken away what this one needs, it does not start, and says why in plain words', async () => {
  await product.app.end('SIGTERM');
  await applied('9001_contract_old_columns');
  const refused = await runAppToEnd(product.env);

  expect(refused.code).toBe(1);
  expect(refused.output).toContain('A newer version of BotFactory has changed this database');
  expect(refused.output).toContain('9001_contract_old_columns');
  expect(refused.output).not.toMatch(/\n\s+at /);
  await product.installation.query("DELETE FROM _prisma_migrations WHERE migration_name LIKE '9001%'");
  await product.restart();
});
