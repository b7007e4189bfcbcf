import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';
import { createManagerWorld, type ManagerWorld } from './manager-world.ts';

const ORIGIN = 'https://bots.example';
const webhook = { publicUrl: ORIGIN, secretOf: (id: string) => `secret-${id}`, checkMs: 60 };
// Nothing listens there.
const NOWHERE = 'http://127.0.0.1:1';

let opened: TestDatabase;
let emulator: TelegramEmulator;
let world: ManagerWorld;

beforeAll(async () => {
  [opened, emulator] = await Promise.all([testDatabase(), startTelegramEmulator()]);
  emulator.callWebhooksAt(NOWHERE);
  world = createManagerWorld(opened.database, emulator);
});
afterEach(() => world.stopAll());
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

const urlOf = (id: string): string => `${ORIGIN}/webhooks/telegram/${id}`;

test('a new connection gets its webhook with secret and update types, and is not polled', async () => {
  const { id, bot } = await world.addConnection();
  await world.manager({ webhook }).start();
  await becomes(id, 'ACTIVE');

  expect(bot.webhookUrl).toBe(urlOf(id));
  expect(emulator.calls(bot, 'setWebhook')[0]?.params).toMatchObject({
    url: urlOf(id),
    secret_token: `secret-${id}`,
    allowed_updates: ['message', 'edited_message', 'callback_query', 'my_chat_member'],
    max_connections: 20,
  });
  expect(emulator.calls(bot, 'getUpdates')).toEqual([]);
});

test('an existing webhook is only checked; it stays when the process ends, so that a call can wake the host', async () => {
  const { id, bot } = await world.addConnection();
  const first = world.manager({ webhook });
  await first.start();
  await becomes(id, 'ACTIVE');
  await first.stop();
  expect(bot.webhookUrl).toBe(urlOf(id));

  await world.manager({ webhook }).start();
  await emulator.waitFor(() => emulator.calls(bot, 'getWebhookInfo').length >= 3, 'three looks');

  expect(emulator.calls(bot, 'setWebhook')).toHaveLength(1);
  expect(emulator.calls(bot, 'deleteWebhook')).toEqual([]);
});

test('a stop by the owner removes the webhook and keeps pending updates', async () => {
  const { id, bot } = await world.addConnection();
  const manager = world.manager({ webhook });
  await manager.start();
  await becomes(id, 'ACTIVE');
  emulator.customerSends(bot, { chatId: 5, text: 'Salom' });

  await world.query("UPDATE connections SET enabled = false, state = 'INACTIVE' WHERE id = $1", [id]);
  manager.wake();
  await emulator.waitFor(() => bot.webhookUrl === '', 'the webhook to be removed');

  expect(bot.queue).toHaveLength(1);
});

test('back in polling mode our webhook is removed and pending updates come in', async () => {
  const { id, bot } = await world.addConnection();
  const before = world.manager({ webhook });
  await before.start();
  await becomes(id, 'ACTIVE');
  await before.stop();
  emulator.customerSends(bot, { chatId: 6, text: 'Are you open?' });

  await world.manager().start();
  await emulator.waitFor(() => world.textsOf(id).length > 0, 'the message that waited');

  expect(world.textsOf(id)).toEqual(['Are you open?']);
  expect(bot.webhookUrl).toBe('');
  expect(world.changes.filter(({ reason }) => reason === 'webhook_set')).toEqual([]);
});

test("another service's webhook stays and is shown; when it is gone, ours is set", async () => {
  const { id, bot } = await world.addConnection({ state: 'ACTIVE', username: 'known_bot' });
  bot.webhookUrl = 'https://elsewhere.example/hook';
  await world.manager({ webhook }).start();
  await becomes(id, 'FAILED', 'webhook_set');
  expect(bot.webhookUrl).toBe('https://elsewhere.example/hook');

  bot.webhookUrl = '';
  await becomes(id, 'ACTIVE');
  expect(bot.webhookUrl).toBe(urlOf(id));
});

test('a webhook set by another service at run time is noticed; a start by the owner replaces it', async () => {
  const { id, bot } = await world.addConnection();
  const manager = world.manager({ webhook });
  await manager.start();
  await becomes(id, 'ACTIVE');
  bot.webhookUrl = 'https://elsewhere.example/hook';
  await becomes(id, 'FAILED', 'webhook_set');

  await world.query(
    "UPDATE connections SET state = 'PENDING', failure_reason = NULL, state_changed_at = now() + interval '1 ms' WHERE id = $1",
    [id],
  );
  manager.wake();
  await becomes(id, 'ACTIVE');

  expect(bot.webhookUrl).toBe(urlOf(id));
});

test('a new public address replaces the old one', async () => {
  const { id, bot } = await world.addConnection({ state: 'ACTIVE', username: 'known_bot' });
  bot.webhookUrl = `https://old.example/webhooks/telegram/${id}`;
  await world.manager({ webhook }).start();
  await emulator.waitFor(() => bot.webhookUrl === urlOf(id), 'the new address');

  expect((await world.connection(id)).state).toBe('ACTIVE');
});

test('Telegram’s delivery error is shown until it ends; an old secret is set again', async () => {
  const { id, bot } = await world.addConnection();
  await world.manager({ webhook }).start();
  await becomes(id, 'ACTIVE');
  emulator.customerSends(bot, { chatId: 7, text: 'Hello?' });
  await becomes(id, 'PENDING', 'webhook_failing');
  const { rows } = await world.query('SELECT failure_detail AS detail FROM connections WHERE id = $1', [id]);
  expect(rows[0]).toEqual({ detail: bot.webhook.lastErrorMessage });

  bot.queue = [];
  await becomes(id, 'ACTIVE');

  const setBefore = emulator.calls(bot, 'setWebhook').length;
  bot.queue = [{ update_id: 1 }];
  // The emulator's deliveries may fail meanwhile.
  const refusal = { get: () => 'Wrong response from the webhook: 401 Unauthorized', set: () => {} };
  Object.defineProperty(bot.webhook, 'lastErrorMessage', refusal);
  bot.webhook.lastErrorDate = Math.floor(Date.now() / 1_000);
  await emulator.waitFor(() => emulator.calls(bot, 'setWebhook').length > setBefore, 'the secret to be told');
  bot.queue = [];
});

test.each([
  'Bad Request: bad webhook: Failed to resolve host: Name or service not known',
  'Bad Request: bad webhook: IP address 10.0.0.7 is reserved',
])('an address that Telegram refuses is shown in its words, and tried again: %s', async (description) => {
  const { id, bot } = await world.addConnection();
  const fault = { kind: 'error', status: 400, description } as const;
  emulator.fault({ botId: bot.id, method: 'setWebhook', fault });
  await world.manager({ webhook }).start();
  await becomes(id, 'PENDING', 'webhook_refused');
  const { rows } = await world.query('SELECT failure_detail AS detail FROM connections WHERE id = $1', [id]);
  expect(rows[0]).toEqual({ detail: description });

  emulator.heal(bot.id);
  await becomes(id, 'ACTIVE');
  expect(bot.webhookUrl).toBe(urlOf(id));
});

test('a revoked token ends the webhook, and the owner is told', async () => {
  const { id, bot } = await world.addConnection();
  await world.manager({ webhook }).start();
  await becomes(id, 'ACTIVE');

  emulator.revoke(bot);
  await becomes(id, 'FAILED', 'token_revoked');

  expect(world.changes.at(-1)).toMatchObject({ connectionId: id, state: 'FAILED', reason: 'token_revoked' });
});

test('a paused process polls nothing and goes on afterwards', async () => {
  let paused = false;
  const { id, bot } = await world.addConnection();
  const manager = world.manager({ isPaused: () => paused });
  await manager.start();
  await becomes(id, 'ACTIVE');

  paused = true;
  await emulator.waitFor(() => manager.running().length === 0 && !bot.poll, 'polling to pause');
  emulator.customerSends(bot, { chatId: 8, text: 'Still there?' });
  const calls = emulator.calls(bot, 'getUpdates').length;
  await emulator.waitFor(async () => (await world.lease(id)).holder === manager.holder, 'the lease to be kept');
  expect(emulator.calls(bot, 'getUpdates')).toHaveLength(calls);

  paused = false;
  await emulator.waitFor(() => world.textsOf(id).length === 1, 'the message that waited');
});
