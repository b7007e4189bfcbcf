import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { faults } from '../../support/telegram-emulator/faults.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';
import { createManagerWorld, type ManagerWorld } from './manager-world.ts';

let opened: TestDatabase;
let emulator: TelegramEmulator;
let world: ManagerWorld;

beforeAll(async () => {
  [opened, emulator] = await Promise.all([testDatabase(), startTelegramEmulator()]);
  world = createManagerWorld(opened.database, emulator);
});
afterEach(async () => {
  emulator.heal();
  await world.stopAll();
});
afterAll(async () => {
  await emulator.close();
  await opened.close();
});

const becomes = (id: string, state: string, reason: string | null = null) =>
  emulator.waitFor(
    async () => {
      const row = await world.connection(id);
      return row.state === state && row.reason === reason;
    },
    `${state} ${reason ?? ''}`,
  );

test('a new connection becomes active with Telegram’s name, and its messages are stored', async () => {
  const { id, bot } = await world.addConnection();
  await world.manager().start();
  await becomes(id, 'ACTIVE');
  expect(await world.connection(id)).toMatchObject({ username: bot.username, displayName: bot.name });

  emulator.customerSends(bot, { chatId: 501, text: 'Salom' });
  await emulator.waitFor(() => world.textsOf(id).length > 0);
  expect(world.received[0]).toMatchObject({ text: 'Salom', epoch: (await world.lease(id)).epoch });
});

test('a connection that was active before is polled without getMe', async () => {
  const { bot } = await world.addConnection({ state: 'ACTIVE', username: 'known_bot' });
  await world.manager().start();
  await emulator.waitFor(() => bot.poll);
  expect(emulator.calls(bot, 'getMe')).toEqual([]);
});

test('a stopped connection stops at once and starts again on demand', async () => {
  const { id, bot } = await world.addConnection();
  const manager = world.manager({ times: { pollMs: 600, graceMs: 300, retryMs: 20, reconcileMs: 60_000 } });
  await manager.start();
  await becomes(id, 'ACTIVE');
  await emulator.waitFor(() => bot.poll);

  await world.query("UPDATE connections SET enabled = false, state = 'INACTIVE' WHERE id = $1", [id]);
  manager.wake();
  await emulator.waitFor(() => manager.running().length === 0 && !bot.poll);
  await emulator.waitFor(async () => (await world.lease(id)).holder === '', 'the lease to be free');

  await world.query("UPDATE connections SET enabled = true, state = 'PENDING', state_changed_at = now() WHERE id = $1", [id]);
  manager.wake();
  expect(await becomes(id, 'ACTIVE')).toBe(true);
});

test.each([
  ['a suspended tenant', 'UPDATE tenants SET suspended_at = now() WHERE id = $1'],
  ['a deleted tenant', 'DELETE FROM tenants WHERE id = $1'],
])("%s's bots are no longer polled", async (_, statement) => {
  const { tenantId, bot } = await world.addConnection();
  const manager = world.manager();
  await manager.start();
  await emulator.waitFor(() => bot.poll);
  await world.query(statement, [tenantId]);
  expect(await emulator.waitFor(() => manager.running().length === 0 && !bot.poll)).toBe(true);
});

test('without Telegram the connection waits as unreachable and recovers by itself', async () => {
  const { id, bot } = await world.addConnection();
  emulator.fault({ botId: bot.id, fault: faults.badGateway });
  await world.manager().start();
  await becomes(id, 'PENDING', 'unreachable');
  emulator.heal();
  await becomes(id, 'ACTIVE');
  await emulator.waitFor(() => world.changes.length > 1, 'the second change to be told');
  expect(world.changes.map(({ state, reason }) => [state, reason])).toEqual([
    ['PENDING', 'unreachable'],
    ['ACTIVE', null],
  ]);
});

describe('a revoked token', () => {
  test('is shown, reported once, and not tried again until the owner enters another', async () => {
    const { id, bot } = await world.addConnection();
    const manager = world.manager();
    await manager.start();
    await emulator.waitFor(() => bot.poll);
    const before = emulator.calls(bot).length;
    emulator.revoke(bot);
    await becomes(id, 'FAILED', 'token_revoked');
    await emulator.waitFor(() => manager.running().length === 0);
    expect(world.changes.filter(({ state }) => state === 'FAILED')).toMatchObject([
      { connectionId: id, reason: 'token_revoked' },
    ]);
    expect(emulator.calls(bot).length - before).toBeLessThanOrEqual(3);

    const fresh = emulator.addBot({ token: `${bot.id}:BBabcdefghijklmnopqrstuvwxyz0123456`, username: bot.username });
    await world.query(
      `UPDATE connections SET sealed_secrets = $2, state = 'PENDING', failure_reason = NULL, state_changed_at = now()
       WHERE id = $1`,
      [id, JSON.stringify({ telegramToken: fresh.token })],
    );
    manager.wake();
    await becomes(id, 'ACTIVE');
    emulator.customerSends(fresh, { chatId: 501, text: 'yangi' });
    await emulator.waitFor(() => world.textsOf(id).includes('yangi'));
  });

  test('a token changed while the bot runs is used', async () => {
    const { id, bot } = await world.addConnection();
    const manager = world.manager();
    await manager.start();
    await becomes(id, 'ACTIVE');
    const fresh = emulator.addBot({ token: `${bot.id}:BBabcdefghijklmnopqrstuvwxyz0123456`, username: bot.username });
    await world.query("UPDATE connections SET sealed_secrets = $2, state = 'PENDING', state_changed_at = now() WHERE id = $1", [
      id,
      JSON.stringify({ telegramToken: fresh.token }),
    ]);
    manager.wake();
    await emulator.waitFor(() => fresh.poll && !bot.poll);
    expect(await becomes(id, 'ACTIVE')).toBe(true);
  });

  test('a token that cannot be opened has to be entered again', async () => {
    const { id } = await world.addConnection();
    await world
      .manager({
        openCredentials: () => {
          throw new Error('another key');
        },
      })
      .start();
    expect(await becomes(id, 'FAILED', 'rejected')).toBe(true);
  });
});

describe("another program's webhook", () => {
  const HOOK = 'https://elsewhere.example/hook';

  test('is removed when the owner has just started the bot', async () => {
    const { id, bot } = await world.addConnection();
    bot.webhookUrl = HOOK;
    await world.manager().start();
    await becomes(id, 'ACTIVE');
    expect(bot.webhookUrl).toBe('');
  });

  test('set later is left there and shown; pressing start removes it', async () => {
    const { id, bot } = await world.addConnection({ state: 'ACTIVE', username: 'known_bot' });
    bot.webhookUrl = HOOK;
    const manager = world.manager();
    await manager.start();
    await becomes(id, 'FAILED', 'webhook_set');
    expect(bot.webhookUrl).toBe(HOOK);

    await world.query("UPDATE connections SET state = 'PENDING', failure_reason = NULL, state_changed_at = now() WHERE id = $1", [
      id,
    ]);
    manager.wake();
    await becomes(id, 'ACTIVE');
    expect(bot.webhookUrl).toBe('');
  });
});

test('another poller is shown, reported once, and recovered from', async () => {
  const { id, bot } = await world.addConnection();
  await world.manager().start();
  await becomes(id, 'ACTIVE');
  emulator.fault({ botId: bot.id, method: 'getUpdates', times: 3, fault: faults.conflict });
  // The changes are kept by the world: the failure may be over before the row is read.
  await emulator.waitFor(() => world.changes.length >= 3, 'two further changes of state');
  expect(world.changes.map(({ state, reason }) => [state, reason])).toEqual([
    ['ACTIVE', null],
    ['FAILED', 'polled_elsewhere'],
    ['ACTIVE', null],
  ]);
  expect(await world.connection(id)).toMatchObject({ state: 'ACTIVE', reason: null });
});

test('a customer who blocks the bot is marked, and unmarked on return', async () => {
  const { id, tenantId, bot } = await world.addConnection();
  await world.manager().start();
  await becomes(id, 'ACTIVE');
  await world.query(
    `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id)
     SELECT gen_random_uuid(), $2, bot_id, id, '501' FROM connections WHERE id = $1`,
    [id, tenantId],
  );
  const unreachable = async () =>
    (await world.query('SELECT unreachable_at FROM customers WHERE connection_id = $1', [id])).rows[0]?.unreachable_at !== null;
  emulator.customerBlocks(bot, 501);
  await emulator.waitFor(unreachable);
  emulator.customerBlocks(bot, 501, false);
  expect(await emulator.waitFor(async () => !(await unreachable()))).toBe(true);
});

test('bots that hang at their start delay no other', async () => {
  const hanging = await Promise.all(Array.from({ length: 5 }, () => world.addConnection()));
  for (const { bot } of hanging) emulator.fault({ botId: bot.id, fault: faults.hang });
  const rest = await Promise.all(Array.from({ length: 40 }, () => world.addConnection()));
  await world.manager().start();
  await emulator.waitFor(() => rest.every(({ bot }) => bot.poll), 'the others');
  expect(hanging.map(({ bot }) => bot.poll)).toEqual([null, null, null, null, null]);
});

test('stopping confirms what was stored and frees the leases', async () => {
  const { id, bot } = await world.addConnection();
  const manager = world.manager();
  await manager.start();
  await becomes(id, 'ACTIVE');
  emulator.customerSends(bot, { chatId: 501, text: 'a' });
  await emulator.waitFor(() => world.textsOf(id).length === 1);
  await manager.stop();
  await emulator.waitFor(() => bot.queue.length === 0 && !bot.poll);
  expect(await world.lease(id)).toMatchObject({ holder: '' });
});
