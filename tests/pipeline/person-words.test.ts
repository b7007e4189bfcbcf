import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createStaffRepliesRepo } from '../../src/pipeline/staff-replies.repo.ts';
import { messagesOf, pipeline, type Shop, seedShop, textMessage, waitingJobs } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
let persons: ReturnType<typeof createStaffRepliesRepo>;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM pgboss.job');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
  persons = createStaffRepliesRepo({ database: opened.database });
});
afterAll(() => opened.close());

const customerWrites = (text: string) =>
  line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', text)] });
const jobs = () => waitingJobs(opened.database);
const idOf = async () =>
  (await opened.database.sql.query<{ id: string }>('SELECT id FROM conversations WHERE connection_id = $1', [shop.connectionId]))
    .rows[0]?.id as string;
const personSays = async (text: string) => persons.reply(shop.tenantId, shop.botId, await idOf(), { text, draftHash: text });
const rows = async () => (await messagesOf(opened.database, shop)).map(({ text, status }) => [text, status]);

test('a person answers what the bot had not come to; the bot then finds nothing to do', async () => {
  await customerWrites('price?');
  await personSays('It is five.');
  for (const job of await jobs()) await line.answer(job);

  expect(line.sent.map(({ text }) => text)).toEqual(['It is five.']);
  expect(await rows()).toEqual([
    ['price?', 'answered'],
    ['It is five.', 'sent'],
  ]);
  expect(line.questions).toEqual([]);
});

test('who takes over while the bot still thinks locks it out, and nothing stays charged', async () => {
  const thinking = pipeline(opened.database, {
    composer: {
      async compose({ text }) {
        await personSays('I am here.');
        return { text: `AI: ${text}`, mode: 'ai', reason: null, sources: [] };
      },
    },
  });
  await customerWrites('price?');
  await thinking.answer((await jobs())[0] as never);
  for (const job of await jobs()) await line.answer(job);

  expect([...thinking.sent, ...line.sent].map(({ text }) => text)).toEqual(['I am here.']);
});

test('several words of a person go out in their order, whichever job comes first, each once', async () => {
  await customerWrites('price?');
  for (const text of ['one', 'two', 'three']) await personSays(text);
  const queue = await jobs();
  for (const job of [...queue, ...queue]) await line.answer(job);
  expect(line.sent.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
});

test('told to wait, a person’s words are tried again and the next ones do not overtake', async () => {
  await customerWrites('price?');
  await personSays('one');
  line.fails.push({ ok: false, reason: 'unreachable' });
  const [, job] = await jobs();
  expect(await line.answer(job as never)).toEqual({ retryAfterMs: expect.any(Number) });
  await personSays('two');
  for (const next of await jobs()) await line.answer(next);
  expect(line.sent.map(({ text }) => text)).toEqual(['one', 'two']);
});

test('killed after accepting or in the midst of sending, the words go out after the restart', async () => {
  await customerWrites('price?');
  await personSays('one');
  await opened.database.sql.query("UPDATE messages SET status = 'sending' WHERE tenant_id = $1 AND mode = 'person'", [
    shop.tenantId,
  ]);
  const next = pipeline(opened.database);
  for (const job of await jobs()) await next.answer(job);
  expect(next.sent.map(({ text }) => text)).toEqual(['one']);
  expect((await rows()).at(-1)).toEqual(['one', 'sent']);
});

test('the question’s job given up does not take a person’s words along', async () => {
  await customerWrites('price?');
  await personSays('one');
  const [dead, own] = await jobs();
  await line.giveUp(dead as never);
  expect((await rows()).at(-1)).toEqual(['one', 'pending']);
  await line.answer(own as never);
  expect((await rows()).at(-1)).toEqual(['one', 'sent']);
});

test('while a person has the conversation customers’ words wait for them; the owner’s stop fails theirs with the reason', async () => {
  await customerWrites('price?');
  await personSays('one');
  for (const job of await jobs()) await line.answer(job);
  await customerWrites('and delivery?');
  for (const job of await jobs()) await line.answer(job);
  expect((await rows()).at(-1)).toEqual(['and delivery?', 'for_person']);
  const needs = 'SELECT needs_person_why AS why FROM conversations WHERE id = $1';
  expect((await opened.database.sql.query(needs, [await idOf()])).rows).toEqual([{ why: 'wrote' }]);

  await personSays('two');
  await opened.database.sql.query('UPDATE connections SET enabled = false WHERE id = $1', [shop.connectionId]);
  for (const job of await jobs()) await line.answer(job);
  expect((await messagesOf(opened.database, shop)).at(-1)).toMatchObject({ status: 'failed', reason: 'connection_stopped' });
});

test('where the platform closes after a day, the customer’s last word counts', async () => {
  Object.assign(line.adapter, { replyWindowMs: 24 * 60 * 60 * 1_000 });
  await customerWrites('price?');
  await personSays('one');
  await opened.database.sql.query(
    "UPDATE messages SET created_at = now() - interval '25 hours' WHERE tenant_id = $1 AND direction = 'in'",
    [shop.tenantId],
  );
  for (const job of await jobs()) await line.answer(job);
  expect((await messagesOf(opened.database, shop)).at(-1)).toMatchObject({ status: 'failed', reason: 'window_closed' });
});
