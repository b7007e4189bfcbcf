import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createSendPauses } from '../../src/channels/send-pauses.ts';
import type { PeerFailureReason } from '../../src/core/reasons.ts';
import {
  claimWork,
  messagesOf,
  NO_WORK,
  pipeline,
  type Shop,
  seedShop,
  type TestWork,
  textMessage,
} from '../support/pipeline.ts';
import { type TestDatabase, testDatabase } from '../support/test-database.ts';

let opened: TestDatabase;
let shop: Shop;
let line: ReturnType<typeof pipeline>;
beforeAll(async () => {
  opened = await testDatabase();
});
beforeEach(async () => {
  await opened.database.sql.query('DELETE FROM conversation_work');
  shop = await seedShop(opened.database);
  line = pipeline(opened.database);
});
afterAll(() => opened.close());

async function customerWrites(text: string): Promise<TestWork> {
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('a', text)] });
  return (await claimWork(opened.database)).at(-1) ?? NO_WORK;
}
/** The next try, of this process or another. */
const again = async () => (await claimWork(opened.database))[0] ?? NO_WORK;
const reply = async () => (await messagesOf(opened.database, shop)).at(-1);
const row = async (table: string) =>
  (await opened.database.sql.query(`SELECT * FROM ${table} WHERE tenant_id = $1`, [shop.tenantId])).rows[0];

const LONG = `${'First sentence of the question here. '.repeat(3)}\n\n${'Second part follows after it. '.repeat(3)}`;

test.each([
  ['payment_required', 'payment_required'],
  ['undeliverable', null],
] as const)('%s is noted for the whole connection as %s', async (reason, noted) => {
  line.fails.push({ ok: false, reason });
  await line.answer(await customerWrites('How much?'));
  expect(await reply()).toMatchObject({ status: 'failed', reason });
  expect(await row('connections')).toMatchObject({ last_error: noted, last_error_at: noted && expect.any(Date) });
});

test('a long answer goes out in parts, in order, with the ids of all', async () => {
  await line.answer(await customerWrites(LONG));

  expect(line.sent.length).toBeGreaterThan(1);
  expect(
    line.sent
      .map(({ text }) => text)
      .join(' ')
      .replace(/\s+/g, ' '),
  ).toBe(`AI: ${LONG}`.trim().replace(/\s+/g, ' '));
  const { rows } = await opened.database.sql.query(
    "SELECT external_id, sent_parts, took_ms FROM messages WHERE direction = 'out' AND tenant_id = $1",
    [shop.tenantId],
  );
  expect(rows).toEqual([
    { external_id: line.sent.map((_part, i) => i + 1).join(','), sent_parts: line.sent.length, took_ms: expect.any(Number) },
  ]);
});

test('a reply that waited until its window closed is not sent', async () => {
  Object.assign(line.adapter, { replyWindowMs: 24 * 60 * 60 * 1_000 });
  line.fails.push({ ok: false, reason: 'unreachable' });
  await line.answer(await customerWrites('Narxi qancha?'));
  await opened.database.sql.query("UPDATE messages SET created_at = now() - interval '25 hours' WHERE tenant_id = $1", [
    shop.tenantId,
  ]);
  await line.answer(await again());

  expect(await reply()).toMatchObject({ direction: 'out', status: 'failed', reason: 'window_closed' });
  expect(line.sent).toEqual([]);
});

test('a part sent while the database was unavailable is recorded later, not sent again', async () => {
  const { sql } = opened.database;
  let away = true;
  const query: typeof sql.query = (text, values) =>
    away && typeof text === 'object' && text.name === 'settle-work'
      ? Promise.reject(new Error('Connection terminated unexpectedly'))
      : sql.query(text, values);
  line = pipeline({ ...opened.database, sql: { query } });
  const job = await customerWrites('Narxi qancha?');
  await expect(line.answer(job)).rejects.toThrow('terminated');
  expect(await reply()).toMatchObject({ status: 'sending' });

  away = false;
  await line.answer(await again());

  expect(line.sent).toHaveLength(1);
  expect(await reply()).toMatchObject({ status: 'sent' });
});

test('a retry continues with the failed part', async () => {
  const job = await customerWrites(LONG);
  const send = line.adapter.sendText;
  line.adapter.sendText = async (...args) =>
    line.sent.length === 1 ? { ok: false, reason: 'rate_limited', retryAfterMs: 3_000 } : send(...args);
  expect(await line.answer(job)).toEqual({ kind: 'later', delayMs: 3_000 });
  expect(await reply()).toMatchObject({ status: 'pending' });

  const next = pipeline(opened.database);
  await next.answer(await again());
  expect(
    [...line.sent, ...next.sent]
      .map(({ text }) => text)
      .join(' ')
      .replace(/\s+/g, ' '),
  ).toBe(`AI: ${LONG}`.trim().replace(/\s+/g, ' '));
  expect(next.questions).toEqual([]);
  expect(await reply()).toMatchObject({ status: 'sent' });
});

test('while a platform pauses a connection, no other chat of it sends', async () => {
  const first = await customerWrites('one');
  line.fails.push({ ok: false, reason: 'rate_limited', retryAfterMs: 60_000 });
  await line.answer(first);
  await line.receive({ connectionId: shop.connectionId, leaseEpoch: null, messages: [textMessage('b', 'two')] });
  const later = await line.answer((await claimWork(opened.database)).at(-1) ?? first);

  expect(line.sent).toEqual([]);
  expect(later).toEqual({ kind: 'later', delayMs: expect.any(Number) });
  expect(later.kind === 'later' && later.delayMs).toBeGreaterThan(50_000);
});

test('a question that came while the reply waits is answered after it', async () => {
  const job = await customerWrites('one');
  line.fails.push({ ok: false, reason: 'unreachable' });
  expect(await line.answer(job)).toEqual({ kind: 'later', delayMs: 1_000 });
  await line.answer(await customerWrites('two'));

  expect(line.sent.map(({ text }) => text)).toEqual(['AI: one', 'AI: two']);
});

test.each<[PeerFailureReason, boolean]>([
  ['blocked_by_customer', true],
  ['chat_gone', true],
  ['window_closed', false],
  ['rejected', false],
])('%s is final: failed with its reason; the AI has answered, so it is charged', async (reason, unreachable) => {
  line.fails.push({ ok: false, reason });
  expect(await line.answer(await customerWrites('price?'))).toMatchObject({ kind: 'done' });

  expect(await reply()).toMatchObject({ status: 'failed', reason, charged: true });
  expect(await line.usage.current(shop.tenantId)).toMatchObject({ used: 1 });
  expect((await row('customers'))?.['unreachable_at'] !== null).toBe(unreachable);
});

test('a revoked token fails the connection and tells the owner once', async () => {
  for (const text of ['one', 'two']) {
    line.fails.push({ ok: false, reason: 'token_revoked' });
    await line.answer(await customerWrites(text));
  }

  expect(await row('connections')).toMatchObject({ state: 'FAILED', failure_reason: 'token_revoked' });
  expect(line.told).toEqual(['connectionFailed']);
});

test('with a refused token nothing more is sent, not even saved replies', async () => {
  const pauses = createSendPauses();
  pauses.revoke('v1:x:x:x:x');
  line = pipeline(opened.database, { pauses });
  await line.answer(await customerWrites('price?'));

  expect(line.sent).toEqual([]);
  expect(await reply()).toMatchObject({ status: 'failed', reason: 'token_revoked' });
});

test('a process that is frozen between saving and sending sends nothing once another has the turn', async () => {
  const { sql } = opened.database;
  const job = await customerWrites('price?');
  const other = pipeline(opened.database);
  const awake = performance.now.bind(performance);
  const query = (async (text, values) => {
    const result = await sql.query(text, values);
    if (typeof text === 'object' && text.name === 'save-replies') {
      await other.answer(await again());
      vi.spyOn(performance, 'now').mockImplementation(() => awake() + 60_000);
    }
    return result;
  }) as typeof sql.query;
  const frozen = pipeline({ ...opened.database, sql: { query } });
  await frozen.answer(job).finally(() => vi.restoreAllMocks());

  expect([other.sent.length, frozen.sent.length]).toEqual([1, 0]);
  expect(await reply()).toMatchObject({ status: 'sent' });
});

test('a reply that could not be sent for a day is given up', async () => {
  const job = await customerWrites('price?');
  line.fails.push({ ok: false, reason: 'unreachable' });
  await line.answer(job);
  await opened.database.sql.query("UPDATE messages SET created_at = now() - interval '25 hours' WHERE tenant_id = $1", [
    shop.tenantId,
  ]);
  line.fails.push({ ok: false, reason: 'unreachable' });

  expect(await line.answer(await again())).toMatchObject({ kind: 'done' });
  expect(await reply()).toMatchObject({ status: 'failed', reason: 'unreachable' });
});

test('a channel this installation does not serve fails the reply', async () => {
  await opened.database.sql.query("UPDATE connections SET platform = 'instagram' WHERE id = $1", [shop.connectionId]);
  await line.answer(await customerWrites('price?'));
  expect(await reply()).toMatchObject({ status: 'failed', reason: 'rejected' });
});
