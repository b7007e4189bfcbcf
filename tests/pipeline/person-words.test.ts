import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createStaffRepliesRepo } from '../../src/pipeline/staff-replies.repo.ts';
import { claimWork, messagesOf, pipeline, type Shop, seedShop, textMessage } from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
let persons: ReturnType<typeof createStaffRepliesRepo>;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
  persons = createStaffRepliesRepo({ database: opened.database });
});
afterAll(() => opened.close());

const customerWrites = (text: string) =>
  line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', text)] });
const jobs = () => claimWork(opened.database);
const idOf = async () =>
  (await opened.database.sql.query<{ id: string }>('SELECT id FROM conversations WHERE connection_id = $1', [shop.connectionId]))
    .rows[0]?.id as string;
const personSays = async (text: string) => persons.reply(shop.tenantId, shop.botId, await idOf(), { text, draftHash: text });
const rows = async () => (await messagesOf(opened.database, shop)).map(({ text, status }) => [text, status]);

test('a staff reply to an unanswered message leaves nothing for the bot', async () => {
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

test('a takeover while the AI answers stops the bot’s reply, and nothing stays charged', async () => {
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

test('several staff replies are sent in their order, each once', async () => {
  await customerWrites('price?');
  for (const text of ['one', 'two', 'three']) await personSays(text);
  for (const job of await jobs()) await line.answer(job);
  expect(await jobs()).toEqual([]);
  expect(line.sent.map(({ text }) => text)).toEqual(['one', 'two', 'three']);
});

test('after a 429 a staff reply is retried and later ones do not overtake it', async () => {
  await customerWrites('price?');
  await personSays('one');
  line.fails.push({ ok: false, reason: 'unreachable' });
  const [job] = await jobs();
  expect(await line.answer(job as never)).toEqual({ kind: 'later', delayMs: expect.any(Number) });
  await personSays('two');
  for (const next of await jobs()) await line.answer(next);
  expect(line.sent.map(({ text }) => text)).toEqual(['one', 'two']);
});

test('a staff reply is sent after a kill between accepting and sending', async () => {
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

test('a staff reply written after the first try is not given up with the question', async () => {
  await customerWrites('price?');
  await jobs();
  await personSays('one');
  const [dead] = await jobs();
  await line.giveUp(dead as never);
  expect((await rows()).at(-1)).toEqual(['one', 'pending']);
  for (const own of await jobs()) await line.answer(own);
  expect((await rows()).at(-1)).toEqual(['one', 'sent']);
});

test('in a taken-over conversation messages wait for the person; a stop fails staff replies with the reason', async () => {
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

test('the reply window counts from the customer’s last message', async () => {
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

test('a file goes once: a try that failed at the words behind it goes on with them, and nothing stays held', async () => {
  const held = new Set<object>();
  const sentFiles: string[] = [];
  const file = { kind: 'voice', attachment: { fileId: 'f', heldBy: shop.connectionId } } as const;
  const ready = { kind: 'voice', name: 'voice.ogg', type: 'audio/ogg', from: { handle: 'f' } } as const;
  const replyFiles = {
    prepare: async () => {
      const one = {};
      held.add(one);
      return { ok: true as const, file: ready, free: () => void held.delete(one) };
    },
  };
  line = pipeline(opened.database, { replyFiles });
  const sendFile = async (_credentials: unknown, _chatId: string, { kind }: { kind: string }) => {
    sentFiles.push(kind);
    return { ok: true as const, externalId: 'the-file' };
  };
  Object.assign(line.adapter, { sendFile, files: { voice: { types: null, maxBytes: 1, caption: null } } });
  await customerWrites('price?');
  const saying = { text: 'Listen.', file, draftHash: 'once' };
  await persons.reply(shop.tenantId, shop.botId, await idOf(), saying);
  expect(await persons.reply(shop.tenantId, shop.botId, await idOf(), saying)).toMatchObject({ messageId: null });
  line.fails.push({ ok: false, reason: 'unreachable' });
  for (const job of await jobs()) await line.answer(job);
  expect([sentFiles, line.sent]).toEqual([['voice'], []]);

  for (const job of await jobs()) await line.answer(job);
  expect([sentFiles, line.sent.map(({ text }) => text), held.size]).toEqual([['voice'], ['Listen.'], 0]);
  expect((await rows()).at(-1)).toEqual(['Listen.', 'sent']);
});
