import type { Update } from 'grammy/types';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Poller, type PollerHealth, type PollerOptions, startPoller } from '#channels/telegram/polling/poll-updates.ts';
import type { BotState } from '../../support/telegram-emulator/bot-state.ts';
import { faults } from '../../support/telegram-emulator/faults.ts';
import { startTelegramEmulator, type TelegramEmulator } from '../../support/telegram-emulator/telegram-emulator.ts';

const TIMES = {
  pollMs: 1_000,
  quietPollMs: 2_000,
  quietAfterMs: 1_500,
  graceMs: 400,
  earlyMs: 50,
  retryMs: 20,
  maxRetryMs: 100,
  conflictMs: 300,
  calmUpdates: 20,
  perUpdateMs: 5,
};
const FOREIGN_WEBHOOK = 'https://elsewhere.example/hook';
let emulator: TelegramEmulator;
let bot: BotState;
let number = 8_000;
let pollers: Poller[] = [];

beforeAll(async () => {
  emulator = await startTelegramEmulator();
});
afterAll(() => emulator.close());
beforeEach(() => {
  number += 1;
  bot = emulator.addBot({ token: `${number}:AAabcdefghijklmnopqrstuvwxyz0123456` });
});
afterEach(async () => {
  emulator.heal();
  await Promise.all(pollers.map((poller) => poller.stop()));
  pollers = [];
});

/** A poller of `bot` with the stored updates and the reported health. */
function start(changes: Partial<PollerOptions> = {}) {
  const stored: Update[] = [];
  const health: PollerHealth[] = [];
  const poller = startPoller({
    token: bot.token,
    apiRoot: emulator.url,
    times: TIMES,
    mayPoll: () => true,
    crowded: () => true,
    accept: async (updates) => stored.push(...updates) > 0,
    onHealth: (state) => health.push(state),
    ...changes,
  });
  pollers.push(poller);
  const texts = (): (string | undefined)[] => stored.map((update) => update.message?.text);
  const reason = (): string | null => {
    const last = health.at(-1);
    return last && !last.ok ? last.reason : null;
  };
  const healthy = (): boolean => health.at(-1)?.ok === true;
  return { poller, stored, texts, health, reason, healthy };
}

const say = (text: string): Update => emulator.customerSends(bot, { chatId: 501, text });

test('a quiet bot is polled less often until a customer writes', async () => {
  const asked = () => emulator.calls(bot, 'getUpdates').map(({ params }) => Number(params.timeout));
  const { stored } = start();
  await emulator.waitFor(() => asked().length >= 4, 'a slow poll');
  emulator.customerSends(bot, { text: 'Salom' });
  await emulator.waitFor(() => asked().length >= 5 && stored.length === 1, 'the poll after it');

  expect(asked().slice(0, 5)).toEqual([0, 1, 1, 2, 1]);
});

test('messages are passed on in order and confirmed only after they are stored', async () => {
  for (const text of ['a', 'b', 'c']) say(text);
  const { texts } = start();
  await emulator.waitFor(() => texts().length === 3);
  await emulator.waitFor(() => bot.queue.length === 0, 'the confirmation');
  expect(texts()).toEqual(['a', 'b', 'c']);
  expect(emulator.calls(bot, 'getUpdates')[0]?.params.allowed_updates).toEqual([
    'message',
    'edited_message',
    'callback_query',
    'my_chat_member',
  ]);
});

test('updates of one poll are stored together', async () => {
  for (const text of ['a', 'b', 'c']) say(text);
  const batches: number[] = [];
  start({ accept: async (updates) => batches.push(updates.length) > 0 });
  await emulator.waitFor(() => bot.queue.length === 0);
  expect(batches).toEqual([3]);
});

test('after a failure updates are stored one by one; none is lost or skipped', async () => {
  let failures = 3;
  const stored: string[] = [];
  for (const text of ['a', 'b', 'c']) say(text);
  start({
    async accept(updates) {
      const texts = updates.map((update) => update.message?.text ?? '');
      if (texts.includes('b') && failures-- > 0) throw new Error('database away');
      return stored.push(...texts) > 0;
    },
  });
  await emulator.waitFor(() => stored.length >= 3);
  await emulator.waitFor(() => bot.queue.length === 0);
  expect(stored).toEqual(['a', 'b', 'c']);
});

test('stopping while nothing can be stored confirms nothing', async () => {
  say('a');
  const { poller } = start({ accept: () => Promise.reject(new Error('database away')) });
  await emulator.waitFor(() => emulator.calls(bot, 'getUpdates').length >= 2);
  await poller.stop({ confirm: true });
  expect(bot.queue).toHaveLength(1);
});

test('a stop finishes and confirms the running store and leaves the rest', async () => {
  say('a');
  let release = (): void => {};
  const seen: unknown[] = [];
  const { poller } = start({
    async accept(updates) {
      seen.push(...updates.map((update) => update.message?.text));
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return true;
    },
  });
  await emulator.waitFor(() => seen.length === 1);
  say('b');
  const stopped = poller.stop({ confirm: true });
  release();
  await stopped;
  expect(seen).toEqual(['a']);
  expect(bot.queue.map((update) => update.message?.text)).toEqual(['b']);
});

test('an update refused because another process owns the bot ends polling and is not confirmed', async () => {
  say('a');
  const { poller } = start({ accept: async () => false });
  await poller.done;
  await poller.stop({ confirm: true });
  expect(bot.queue).toHaveLength(1);
  expect(emulator.calls(bot)).toHaveLength(1);
});

test('once the lease is over there are no more polls', async () => {
  let ours = true;
  const { poller, healthy } = start({ mayPoll: () => ours });
  await emulator.waitFor(healthy);
  ours = false;
  say('wakes the poll');
  await poller.done;
  const calls = emulator.calls(bot).length;
  await poller.stop({ confirm: true });
  expect(emulator.calls(bot)).toHaveLength(calls);
});

describe('the token', () => {
  test('when revoked is reported once and never used again', async () => {
    const { poller, healthy, reason } = start();
    await emulator.waitFor(healthy);
    const before = emulator.calls(bot).length;
    emulator.revoke(bot);
    await poller.done;
    expect(reason()).toBe('token_revoked');
    expect(emulator.calls(bot).length - before).toBeLessThanOrEqual(2);
  });

  test('when malformed (404) is reported the same way', async () => {
    const { poller, reason } = start({ token: 'nonsense' });
    await poller.done;
    expect(reason()).toBe('token_revoked');
  });
});

describe('409', () => {
  test('from another poller is shown, and over after a whole poll', async () => {
    const { health, healthy, reason, texts } = start();
    await emulator.waitFor(healthy);
    emulator.fault({ botId: bot.id, method: 'getUpdates', times: 2, fault: faults.conflict });
    say('ends the poll');
    await emulator.waitFor(() => reason() === 'polled_elsewhere');
    const calls = emulator.calls(bot, 'getUpdates');
    await emulator.waitFor(healthy);
    const gaps = emulator.calls(bot, 'getUpdates').map(({ atMs }, i, all) => (i ? atMs - (all[i - 1]?.atMs ?? 0) : 0));
    expect(gaps[calls.length]).toBeGreaterThanOrEqual(TIMES.conflictMs - 5);
    expect(health.filter((state) => !state.ok)).toHaveLength(2);
    say('after');
    await emulator.waitFor(() => texts().includes('after'));
  });

  test('from a foreign webhook names it, leaves it, and is over when it is gone', async () => {
    bot.webhookUrl = FOREIGN_WEBHOOK;
    const { healthy, reason } = start();
    await emulator.waitFor(() => reason() === 'webhook_set');
    expect(bot.webhookUrl).toBe(FOREIGN_WEBHOOK);
    expect(emulator.calls(bot, 'deleteWebhook')).toEqual([]);
    bot.webhookUrl = '';
    await emulator.waitFor(healthy);
  });
});

test('a 429 waits for the given time', async () => {
  emulator.fault({ botId: bot.id, method: 'getUpdates', times: 1, fault: faults.tooMany(1) });
  const { healthy, health } = start();
  await emulator.waitFor(healthy);
  const [first, second] = emulator.calls(bot, 'getUpdates');
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(990);
  expect(health.every(({ ok }) => ok)).toBe(true);
});

test.each([
  'badGateway',
  'reset',
  'hang',
] as const)('%s is shown after three failures and recovers by itself without loss', async (name) => {
  emulator.fault({ botId: bot.id, method: 'getUpdates', fault: faults[name] });
  const { healthy, reason, texts } = start();
  await emulator.waitFor(() => reason() === 'unreachable');
  say('meanwhile');
  emulator.heal();
  await emulator.waitFor(healthy);
  await emulator.waitFor(() => texts().length > 0);
  expect(texts()).toEqual(['meanwhile']);
});

test('the same update twice is passed on twice, because the store detects it', async () => {
  const { stored } = start();
  const update = say('a');
  // A poll that confirms the update would take away what is delivered again before it.
  await emulator.waitFor(() => Number(emulator.calls(bot, 'getUpdates').at(-1)?.params.offset) > update.update_id);
  emulator.redeliver(bot, update);
  await emulator.waitFor(() => stored.length === 2);
  expect(stored[1]?.update_id).toBe(stored[0]?.update_id);
});

test('a poller never has two polls open', async () => {
  const { poller, healthy } = start();
  await emulator.waitFor(healthy);
  await poller.stop({ confirm: true });
  const second = start();
  await emulator.waitFor(second.healthy);
  expect(bot.overlappingPolls).toBe(0);
});
