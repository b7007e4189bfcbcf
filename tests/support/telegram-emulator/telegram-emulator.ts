import type { AddressInfo } from 'node:net';
import type { Update } from 'grammy/types';
import { type BotSpec, type BotState, type Call, createBotState, enqueue, type SentMessage } from './bot-state.ts';
import { botIsRemoved, groupMigrates } from './chats.ts';
import { handleControl } from './control.ts';
import {
  buildUpdate,
  type CustomerMessage,
  customerBlocks,
  customerEdits,
  customerPresses,
  customerSends,
  customerSendsPress,
} from './customers.ts';
import { createFaults, type FaultRule } from './faults.ts';
import { createEmulatorServer } from './server.ts';
import { startWebhookDelivery } from './webhook.ts';

const WAIT_MS = 60_000;

/** A Bot API server for many bots, on a loopback port of its own. */
export async function startTelegramEmulator({ port = 0 }: { port?: number } = {}) {
  const bots = new Map<string, BotState>();
  const faults = createFaults();
  const waiting = new Set<() => void>();
  let webhookOrigin: string | null = null;
  const changed = (): void => {
    for (const look of waiting) look();
  };
  const botOf = (bot: BotState | number): BotState => {
    const found = typeof bot === 'number' ? [...bots.values()].find(({ id }) => id === bot) : bot;
    if (!found) throw new Error(`The emulator has no bot ${String(bot)}`);
    return found;
  };

  const emulator = {
    url: '',
    addBot(spec: BotSpec): BotState {
      const bot = createBotState(spec);
      bots.set(bot.token, bot);
      startWebhookDelivery(bot, (url) => webhookOrigin ?? url.origin, changed);
      return bot;
    },
    /** Webhooks are called there, whatever public address they name. */
    callWebhooksAt(origin: string): void {
      webhookOrigin = origin;
      for (const bot of bots.values()) bot.webhook.wake();
    },
    bot: (id: number): BotState => botOf(id),
    bots: (): BotState[] => [...bots.values()],
    customerSends: (bot: BotState | number, message: CustomerMessage): Update => customerSends(botOf(bot), message),
    customerEdits: (bot: BotState | number, update: Update, text: string): Update => customerEdits(botOf(bot), update, text),
    customerPresses: (bot: BotState | number, messageId: number, label: string, data?: string): Update =>
      customerPresses(botOf(bot), messageId, label, data),
    customerBlocks: (bot: BotState | number, userId: number, blocked = true): Update =>
      customerBlocks(botOf(bot), userId, blocked),
    botIsRemoved: (bot: BotState | number, chatId: number, removed = true): void => botIsRemoved(botOf(bot), chatId, removed),
    groupMigrates: (bot: BotState | number, from: number, to: number, told = true): void =>
      groupMigrates(botOf(bot), from, to, told),
    /** Gives the press' id; what the person is shown is in `presses` of the bot. */
    customerSendsPress: (bot: BotState | number, press: { userId: number; messageId: number; data: string }): string =>
      customerSendsPress(botOf(bot), press),
    /** Once more, as after an answer that was lost. */
    deliverAgain: (bot: BotState | number, update: Update): void => enqueue(botOf(bot), update),
    /** Any update, e.g. from a fixture. */
    deliver(bot: BotState | number, content: Partial<Update>): Update {
      const update = buildUpdate(botOf(bot), content);
      enqueue(botOf(bot), update);
      return update;
    },
    /** The very same update again, as after a lost confirmation. */
    redeliver: (bot: BotState | number, update: Update): void => enqueue(botOf(bot), update),
    revoke(bot: BotState | number): void {
      botOf(bot).revoked = true;
      botOf(bot).poll?.terminate('Unauthorized');
    },
    sent: (bot: BotState | number): SentMessage[] => botOf(bot).sent,
    calls: (bot: BotState | number, method?: string): Call[] =>
      botOf(bot).calls.filter((call) => !method || call.method === method),
    typing: (bot: BotState | number): Call[] => botOf(bot).calls.filter(({ method }) => method === 'sendChatAction'),
    overlappingPolls: (): number => [...bots.values()].reduce((sum, bot) => sum + bot.overlappingPolls, 0),
    fault: (rule: FaultRule): void => faults.add(rule),
    heal: (botId?: number): void => faults.clear(botId),

    /** Resolves when the condition holds; looked at after every call and twenty times a second. */
    async waitFor<T>(condition: () => T | Promise<T>, what = 'the condition', timeoutMs = WAIT_MS): Promise<NonNullable<T>> {
      const endMs = Date.now() + timeoutMs;
      for (;;) {
        const value = await condition();
        if (value) return value;
        if (Date.now() > endMs) throw new Error(`Waited ${timeoutMs} ms in vain for ${what}`);
        await nextChange(waiting);
      }
    },

    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const server = createEmulatorServer({ bots, faults, changed, control: (req, body) => handleControl(emulator, req, body) });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  emulator.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return emulator;
}

export type TelegramEmulator = Awaited<ReturnType<typeof startTelegramEmulator>>;

function nextChange(waiting: Set<() => void>): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      clearTimeout(timer);
      waiting.delete(look);
      resolve();
    };
    const timer = setTimeout(look, 50);
    waiting.add(look);
  });
}
