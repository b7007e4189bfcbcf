import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { PeerFailureReason } from '../../../src/core/reasons.ts';
import { until } from '../../support/app-process.ts';
import { type BroadcastProcess, broadcastProcess, content, countsOf, ownerOf, stateOf } from '../../support/broadcast-world.ts';
import { addAudience } from '../../support/factories.ts';
import { pause } from '../../support/pause.ts';
import { type Shop, seedShop } from '../../support/pipeline.ts';
import { rounds } from '../../support/soak.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

let opened: TestDatabase;
const running: BroadcastProcess[] = [];
beforeAll(async () => {
  opened = await testDatabase();
});
afterEach(async () => {
  await Promise.all(running.splice(0).map(({ runner }) => runner.stop()));
});
afterAll(() => opened.close());

async function start(...of: Parameters<typeof broadcastProcess> extends [unknown, ...infer Rest] ? Rest : never) {
  const process = broadcastProcess(opened.database, ...of);
  running.push(process);
  await process.runner.start();
  return process;
}

async function shopWith(customers: number): Promise<Shop> {
  const shop = await seedShop(opened.database);
  await addAudience(opened.database, shop, customers);
  return shop;
}

const create = async (process: BroadcastProcess, shop: Shop, rest = {}): Promise<string> =>
  (await process.service.create(ownerOf(shop), shop.botId, { draft: undefined, content: content(rest) })).id;
const becomes = (id: string, state: string): Promise<boolean> =>
  until(
    async () => (await stateOf(opened.database, id)) === state,
    60_000,
    () => `never ${state}`,
  );
const auditOf = async (id: string): Promise<string[]> => {
  const text = "SELECT action FROM audit_lines WHERE target_id = $1 AND action LIKE 'broadcast.%' ORDER BY id";
  return (await opened.database.sql.query<{ action: string }>(text, [id])).rows.map(({ action }) => action);
};
const fails = (reason: PeerFailureReason, every: number) => {
  let calls = 0;
  return async () => (++calls % every === 0 ? { ok: false as const, reason } : { ok: true as const, externalId: String(calls) });
};

test('every recipient gets it once with opt-out words in their language, and each step is in the activity log', async () => {
  const shop = await shopWith(30);
  const process = await start();
  const id = await create(process, shop);
  await becomes(id, 'finished');

  expect(await countsOf(opened.database, id)).toEqual({ sent: 30 });
  expect(new Set(process.sent.map(({ chatId }) => chatId)).size).toBe(30);
  expect(process.sent[0]?.text).toBe('Fresh bread at eight.\n\nen stop');
  const { rows } = await opened.database.sql.query<{ text: string; conversations: number }>(
    `SELECT text, count(DISTINCT conversation_id)::int AS conversations FROM messages
     WHERE connection_id = $1 AND mode = 'broadcast' AND status = 'sent' GROUP BY text`,
    [shop.connectionId],
  );
  expect(rows).toEqual([{ text: 'Fresh bread at eight.', conversations: 30 }]);
  // Recorded after the fact.
  await expect.poll(() => auditOf(id)).toEqual(['broadcast.created', 'broadcast.started', 'broadcast.finished']);
});

test('customers who blocked the bot, opted out or only wrote in a group are skipped with the reason', async () => {
  const shop = await shopWith(4);
  const { sql } = opened.database;
  const mark = (column: string, user: string) =>
    sql.query(`UPDATE customers SET ${column} = now() WHERE connection_id = $1 AND platform_user_id = $2`, [
      shop.connectionId,
      user,
    ]);
  await mark('unreachable_at', '1');
  await mark('opted_out_at', '2');
  await sql.query("DELETE FROM conversations WHERE connection_id = $1 AND chat_id = '3'", [shop.connectionId]);
  const process = await start();
  const id = await create(process, shop);
  await becomes(id, 'finished');

  const counts = await process.service.counts(shop.tenantId, id);
  expect(counts.map(({ state, reason, count }) => `${state} ${reason} ${count}`).sort()).toEqual([
    'sent null 1',
    'skipped blocked 1',
    'skipped no_chat 1',
    'skipped opted_out 1',
  ]);
});

test('an opt-out during sending stops later parts', async () => {
  const shop = await shopWith(20);
  const { sql } = opened.database;
  const process = await start({
    sendText: async () => {
      await sql.query('UPDATE customers SET opted_out_at = now() WHERE connection_id = $1', [shop.connectionId]);
      return { ok: true, externalId: '1' };
    },
  });
  const id = await create(process, shop);
  await becomes(id, 'finished');

  const { sent = 0, skipped = 0 } = await countsOf(opened.database, id);
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThanOrEqual(10);
  expect(sent + skipped).toBe(20);
});

test('a customer who blocks the bot fails permanently and is not tried again', async () => {
  const shop = await shopWith(20);
  const process = await start({ sendText: fails('blocked_by_customer', 10) });
  const id = await create(process, shop);
  await becomes(id, 'finished');

  expect(await countsOf(opened.database, id)).toEqual({ sent: 18, failed: 2 });
  const { rows } = await opened.database.sql.query(
    'SELECT 1 FROM customers WHERE connection_id = $1 AND unreachable_at IS NOT NULL',
    [shop.connectionId],
  );
  expect(rows).toHaveLength(2);
});

test('more than a tenth of failures at the start halts the broadcast; the owner may continue', async () => {
  const shop = await shopWith(80);
  const process = await start({ sendText: fails('rejected', 5) });
  const id = await create(process, shop);
  await becomes(id, 'halted');

  const halted = await countsOf(opened.database, id);
  expect((halted.sent ?? 0) + (halted.failed ?? 0) + (halted.sending ?? 0)).toBeLessThanOrEqual(50);
  await expect.poll(() => auditOf(id)).toContain('broadcast.halted');

  expect(await process.service.act(ownerOf(shop), shop.botId, id, 'resume')).toBe(true);
  await becomes(id, 'finished');
  const { sent = 0, failed = 0 } = await countsOf(opened.database, id);
  expect(sent + failed).toBe(80);
});

test('a cancelled broadcast sends nothing more and returns its unused quota', async () => {
  const shop = await shopWith(200);
  const process = await start();
  const id = await create(process, shop);
  await until(
    () => process.sent.length > 5,
    60_000,
    () => 'nothing was sent',
  );
  expect(await process.service.act(ownerOf(shop), shop.botId, id, 'cancel')).toBe(true);
  await until(
    async () => !(await countsOf(opened.database, id)).sending,
    60_000,
    () => 'something hangs',
  );

  const { sent = 0, queued = 0 } = await countsOf(opened.database, id);
  expect(process.sent.length).toBe(sent);
  expect(sent + queued).toBe(200);
  const { rows } = await opened.database.sql.query<{ used: number }>(
    'SELECT broadcast_recipients AS used FROM usage_months WHERE tenant_id = $1',
    [shop.tenantId],
  );
  expect(rows[0]?.used).toBeLessThan(200);
  expect(rows[0]?.used).toBeGreaterThanOrEqual(sent - 5);
  expect(await process.service.act(ownerOf(shop), shop.botId, id, 'resume')).toBe(false);
});

test('a paused broadcast resumes where it stopped', async () => {
  const shop = await shopWith(60);
  const process = await start();
  const id = await create(process, shop);
  await until(
    () => process.sent.length > 5,
    60_000,
    () => 'nothing was sent',
  );
  await process.service.act(ownerOf(shop), shop.botId, id, 'pause');
  await until(
    async () => !(await countsOf(opened.database, id)).sending,
    60_000,
    () => 'something hangs',
  );
  expect((await countsOf(opened.database, id)).queued).toBeGreaterThan(0);

  await process.service.act(ownerOf(shop), shop.botId, id, 'resume');
  await becomes(id, 'finished');
  expect(process.sent).toHaveLength(60);
});

test('after a 429 the bot waits for the given time and sends to that customer again', async () => {
  const shop = await shopWith(12);
  const times: number[] = [];
  let told = 0;
  const process = await start({
    sendText: async () => {
      times.push(Date.now());
      if (times.length === 3) {
        told = Date.now();
        return { ok: false, reason: 'rate_limited', retryAfterMs: 1_500 };
      }
      return { ok: true, externalId: '1' };
    },
  });
  const id = await create(process, shop);
  await becomes(id, 'finished');

  expect(await countsOf(opened.database, id)).toEqual({ sent: 12 });
  // Messages of the same claim were in flight already.
  expect(times.filter((at) => at > told + 50 && at < told + 1_400)).toEqual([]);
});

test('a recipient with an unknown outcome is unconfirmed and is resent only by hand', async () => {
  const shop = await shopWith(10);
  const process = await start({ sendText: fails('unreachable', 10) });
  const id = await create(process, shop);
  await becomes(id, 'finished');
  expect(await countsOf(opened.database, id)).toEqual({ sent: 9, unconfirmed: 1 });

  await opened.database.sql.query('UPDATE send_rates SET next_at = now() WHERE connection_id = $1', [shop.connectionId]);
  expect(await process.service.act(ownerOf(shop), shop.botId, id, 'resend')).toBe(true);
  await becomes(id, 'finished');
  expect(await countsOf(opened.database, id)).toEqual({ sent: 10 });
});

test('messages in flight in a killed process become unconfirmed; the next process sends the rest', async () => {
  const shop = await shopWith(10);
  const dead = broadcastProcess(opened.database);
  const id = await create(dead, shop);
  await opened.database.sql.query('UPDATE broadcasts SET start_checked = true WHERE id = $1', [id]);
  const first = (await dead.sending.openAcrossTenants()).find((open) => open.id === id);
  if (!first) throw new Error('not open');
  await dead.sending.prepareAcrossTenants(first);
  await dead.sending.beginAcrossTenants(id, 1_000);
  const { recipients } = await dead.sending.claimAcrossTenants(first, { id: shop.connectionId, platform: 'telegram' });
  expect(recipients).toHaveLength(5);

  const process = await start({}, { claimMs: 300 });
  await becomes(id, 'finished');
  expect(await countsOf(opened.database, id)).toEqual({ sent: 5, unconfirmed: 5 });
  expect(process.sent).toHaveLength(5);
});

test('a process frozen between claiming and sending does not send what was released meanwhile', async () => {
  const shop = await shopWith(3);
  const process = await start();
  const claim = process.sending.claimAcrossTenants;
  process.sending.claimAcrossTenants = async (...args) => {
    const claimed = await claim(...args);
    await opened.database.sql.query(
      "UPDATE broadcast_recipients SET state = 'unconfirmed' WHERE state = 'sending' AND connection_id = $1",
      [shop.connectionId],
    );
    return { ...claimed, askedAtMs: claimed.askedAtMs - 60_000 };
  };
  const id = await create(process, shop);
  await becomes(id, 'finished');

  expect(await countsOf(opened.database, id)).toEqual({ unconfirmed: 3 });
  expect(process.sent).toEqual([]);
});

test('a broadcast larger than the plan’s rest halts before the first message and continues on a larger plan', async () => {
  const shop = await shopWith(5);
  const { sql } = opened.database;
  const process = await start();
  const spent = `INSERT INTO usage_months (tenant_id, month, broadcast_recipients)
    VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC')::date, 99999)`;
  await expect(create(process, shop, { scheduledAt: new Date(Date.now() + 300) })).resolves.toBeDefined();
  await sql.query(spent, [shop.tenantId]);
  const { rows } = await sql.query<{ id: string }>('SELECT id FROM broadcasts WHERE bot_id = $1', [shop.botId]);
  const id = rows[0]?.id as string;
  await becomes(id, 'halted');
  expect(process.sent).toHaveLength(0);

  await sql.query("UPDATE subscriptions SET type = 'PREMIUM' WHERE tenant_id = $1", [shop.tenantId]);
  await process.service.act(ownerOf(shop), shop.botId, id, 'resume');
  await becomes(id, 'finished');
  expect(process.sent).toHaveLength(5);
});

// A race on Postgres only: the embedded database has one connection.
test('a change at the moment of the start applies whole or not at all and says which, again and again', async () => {
  const process = await start();
  const rivals = Array.from({ length: 3 }, () => broadcastProcess(opened.database).sending);
  for (let round = 0; round < rounds(20); round += 1) {
    const shop = await shopWith(2);
    const soon = new Date(Date.now() + 60_000);
    const id = await create(process, shop, { text: 'As it was', scheduledAt: soon });
    await opened.database.sql.query('UPDATE broadcasts SET scheduled_at = now() WHERE id = $1', [id]);
    const changed = content({ text: 'As it became', scheduledAt: new Date(Date.now() + (round % 4) - 2) });
    const [edited] = await Promise.all([
      process.service.edit(ownerOf(shop), shop.botId, id, changed),
      // Each round starts a little later: before, during and after the change.
      ...rivals.map((rival) => pause(round).then(() => rival.openAcrossTenants())),
    ]);
    await becomes(id, 'finished');

    const { rows } = await opened.database.sql.query<{ text: string }>('SELECT text FROM messages WHERE connection_id = $1', [
      shop.connectionId,
    ]);
    const words = edited ? 'As it became' : 'As it was';
    expect(rows).toEqual([{ text: words }, { text: words }]);
    // The end is written to the audit trail after it is stored.
    await expect
      .poll(() => auditOf(id))
      .toEqual(['broadcast.created', ...(edited ? ['broadcast.edited'] : []), 'broadcast.started', 'broadcast.finished']);
  }
  expect(process.sent).toHaveLength(2 * rounds(20));
});
