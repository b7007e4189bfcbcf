// R43, R44, R50: a message that cannot be answered, the order within a chat, a bot deleted in the midst of its work.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { expectInvariants, untilSettled } from '../support/invariants.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { createTelegramBot, type Visitor } from '../support/site-visitor.ts';
import { within } from '../support/soak.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { faults } from '../support/telegram-emulator/faults.ts';

const ROOT = join(import.meta.dirname, '../..');
// Five tries with pauses of 1, 2, 4 and 8 s, jittered.
const GIVEN_UP_WITHIN_MS = 60_000;

let product: Product;
let owner: Visitor;
let bot: BotState;

beforeAll(async () => {
  product = await startProduct();
  const made = await ownerWithBots(product, 1);
  owner = made.owner;
  [bot] = made.bots;
  product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
});
afterAll(() => product.close());

const say = (userId: number, text: string, to = bot): unknown =>
  product.telegram.customerSends(to, { userId, languageCode: 'en', text });
const textsTo = (userId: number, from = bot): string[] =>
  from.sent.filter(({ chatId }) => chatId === userId).map(({ text }) => text);

const POISON = 'What is poison?';
const SPOIL = `CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.direction = 'out' AND NEW.text LIKE '%${POISON}%' THEN RAISE EXCEPTION 'spoiled' USING ERRCODE = 'XX000'; END IF;
    RETURN NEW; END $$`;
const statuses = (text: string): Promise<{ status: string }[]> =>
  product.installation.query("SELECT status::text FROM messages WHERE direction = 'in' AND text = $1", [text]);

test('R43: five tries, then given up; others are answered at once, later ones of its chat after it; redriven it is answered', async () => {
  await product.installation.query(SPOIL);
  await product.installation.query('CREATE TRIGGER spoil BEFORE INSERT ON messages FOR EACH ROW EXECUTE FUNCTION spoil()');
  const askedBefore = product.gemini.requests.length;
  say(1, POISON);
  await product.telegram.waitFor(() => product.gemini.requests.length > askedBefore, 'the first try');

  const askedAt = performance.now();
  say(2, 'What is next door?');
  await product.telegram.waitFor(() => textsTo(2).length === 1, "the neighbour's answer");
  expect(performance.now() - askedAt).toBeLessThan(within(2_000));

  await product.telegram.waitFor(async () => (await statuses(POISON))[0]?.status === 'failed', 'giving up', GIVEN_UP_WITHIN_MS);
  expect(product.gemini.requests.filter(({ body }) => questionOf(body) === POISON)).toHaveLength(5);
  const laterAt = performance.now();
  say(1, 'What is later?');
  await product.telegram.waitFor(() => textsTo(1).length === 1, 'the later answer');
  expect(performance.now() - laterAt).toBeLessThan(within(2_000));
  expect(textsTo(1)).toEqual(['You asked: What is later?']);
  await untilSettled(product);
  await expectInvariants(product);

  await product.installation.query('DROP TRIGGER spoil ON messages');
  const env = { PATH: process.env['PATH'], ...product.env };
  const done = execFileSync(process.execPath, ['src/cli/admin.ts', 'redrive', '1'], { cwd: ROOT, env, encoding: 'utf8' });
  expect(done).toContain('1 messages are tried again');
  await product.telegram.waitFor(() => textsTo(1).length === 2, 'the answer to what was redriven');
  await untilSettled(product);
  expect(textsTo(1)[1]).toBe(`You asked: ${POISON}`);
  expect(await statuses(POISON)).toEqual([{ status: 'answered' }]);
  await expectInvariants(product);
});

test('R44: 20 chats at once, ten messages each, answers of uneven length of time: each chat hears its answers in order', async () => {
  product.gemini.controls.latencyMs = ({ body }) => (questionOf(body).length * 37) % 400;
  const chats = Array.from({ length: 20 }, (_, i) => 100 + i);
  const converse = async (chat: number): Promise<void> => {
    for (let n = 1; n <= 10; n += 1) {
      say(chat, `${'Well, '.repeat((chat * n) % 7)}what is ${chat}.${n}?`);
      // Some in quick succession, which get one answer together, some one by one.
      if (n % 3 === 0) await product.telegram.waitFor(() => heard(chat).at(-1) === `${chat}.${n}`, `answer ${chat}.${n}`, 60_000);
    }
  };
  const heard = (chat: number): string[] => textsTo(chat).flatMap((text) => text.match(/\d+\.\d+/g) ?? []);
  await Promise.all(chats.map(converse));
  await untilSettled(product);
  product.gemini.controls.latencyMs = 0;

  const inOrder = (chat: number): string[] => Array.from({ length: 10 }, (_, i) => `${chat}.${i + 1}`);
  expect(Object.fromEntries(chats.map((chat) => [chat, heard(chat)]))).toEqual(
    Object.fromEntries(chats.map((chat) => [chat, inOrder(chat)])),
  );
  await expectInvariants(product);
});

test('R50: a bot deleted in the midst of its work sends nothing more and leaves nothing behind', async () => {
  const doomed = product.telegram.addBot({ token: `810000001:${'C'.repeat(35)}` });
  const page = await createTelegramBot(owner, { name: 'Doomed', systemPrompt: 'You help.', token: doomed.token });
  const botId = page.split('/')[2];
  product.gemini.controls.latencyMs = ({ body }) => 200 + (Number(/\d+/.exec(questionOf(body))?.[0] ?? 0) % 20) * 150;
  product.telegram.fault({ botId: doomed.id, method: 'sendMessage', fault: faults.latency(100) });
  for (let userId = 1; userId <= 60; userId += 1) say(userId, `What is ${userId}?`, doomed);
  await product.telegram.waitFor(() => doomed.sent.length >= 10, 'some answers', 30_000);

  const done = await owner.submit(page, `${page}/delete`, { confirmName: 'Doomed' });
  const deletedAtMs = Date.now();
  expect(done.status).toBe(303);
  await product.telegram.waitFor(() => product.gemini.inFlight() === 0, 'the AI to have nothing more to do', 30_000);
  await untilSettled(product);

  const calls = product.telegram.calls(doomed).filter(({ atMs }) => atMs > deletedAtMs);
  expect(calls.filter(({ method }) => method === 'sendMessage')).toEqual([]);
  const left = await product.installation.query(
    `SELECT (SELECT count(*) FROM bots WHERE id = $1)::int AS bots, (SELECT count(*) FROM connections WHERE bot_id = $1)::int AS connections,
       (SELECT count(*) FROM conversations WHERE bot_id = $1)::int AS conversations, (SELECT count(*) FROM customers WHERE bot_id = $1)::int AS customers,
       (SELECT count(*) FROM messages m LEFT JOIN conversations v ON v.id = m.conversation_id WHERE v.id IS NULL)::int AS orphans,
       (SELECT count(*) FROM leases l LEFT JOIN connections c ON c.id = l.connection_id WHERE c.id IS NULL)::int AS leases`,
    [botId],
  );
  expect(left).toEqual([{ bots: 0, connections: 0, conversations: 0, customers: 0, orphans: 0, leases: 0 }]);
  // Answers delivered before the deletion stay charged although their rows are gone.
  await expectInvariants(product, { usage: false });
});
