// A product whose Telegram can fail, with a bot that suffers and a neighbour that must not (I9).
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { questionOf } from '../support/gemini-emulator/gemini-emulator.ts';
import { ownerWithBots, type Product, startProduct } from '../support/product.ts';
import { createTelegramBot, type Visitor } from '../support/site-visitor.ts';
import { startSmtpEmulator } from '../support/smtp-emulator.ts';
import type { BotState, Call } from '../support/telegram-emulator/bot-state.ts';
import type { Fault } from '../support/telegram-emulator/faults.ts';

export let product: Product;
export let proxy: FaultProxy;
export let smtp: Awaited<ReturnType<typeof startSmtpEmulator>>;
export let owner: Visitor;
export let neighbour: BotState;
export let bot: BotState;
export let page: string;

let lastBot = 0;

/** Registers the hooks of a file. */
export function useTelegramWorld(): void {
  beforeAll(async () => {
    product = await startProduct({
      async adapt(env) {
        const { hostname: host, port } = new URL(env['TELEGRAM_API_ROOT'] as string);
        proxy = await startFaultProxy({ host, port: Number(port) });
        smtp = await startSmtpEmulator();
        return { ...env, TELEGRAM_API_ROOT: `http://127.0.0.1:${proxy.port}`, SMTP_URL: smtp.url };
      },
    });
    const made = await ownerWithBots(product, 1);
    owner = made.owner;
    [neighbour] = made.bots;
    product.gemini.controls.answer = ({ body }) => `You asked: ${questionOf(body)}`;
  });
  afterAll(async () => {
    await product.close();
    await Promise.all([proxy.close(), smtp.close()]);
  });
  // Each fault meets a bot of its own.
  beforeEach(async () => {
    lastBot += 1;
    bot = product.telegram.addBot({ token: `${800_000_000 + lastBot}:${'B'.repeat(35)}` });
    page = await createTelegramBot(owner, { name: `Sufferer ${lastBot}`, systemPrompt: 'You help.', token: bot.token });
    await inState('ACTIVE');
  });
}

interface Connection {
  state: string;
  reason: string | null;
}
export async function connection(): Promise<Connection | undefined> {
  const text = 'SELECT state::text, failure_reason AS reason FROM connections WHERE account_id = $1';
  return (await product.installation.query<Connection & { [column: string]: unknown }>(text, [String(bot.id)]))[0];
}
export const inState = (state: string, limitMs = 60_000): Promise<unknown> =>
  product.telegram.waitFor(async () => (await connection())?.state === state, `state ${state}`, limitMs);

let lastUser = 0;
export const newUser = (): number => ++lastUser;

/** A customer of the bot writes; gives how long the answer took. */
export async function answered(from: BotState, limitMs = 60_000): Promise<number> {
  const userId = newUser();
  const askedAt = performance.now();
  product.telegram.customerSends(from, { userId, languageCode: 'en', text: `What is ${userId}?` });
  await product.telegram.waitFor(() => from.sent.some(({ chatId }) => chatId === userId), 'an answer', limitMs);
  return performance.now() - askedAt;
}
export const callsSince = (atMs: number, method?: string): number =>
  product.telegram.calls(bot, method).filter((call) => call.atMs >= atMs).length;
/** The bot's calls of the method meet the fault, `times` of them; gives those that came since. */
export function refuse(method: string, fault: Fault, times?: number): () => Call[] {
  const before = product.telegram.calls(bot, method).length;
  product.telegram.fault({ botId: bot.id, method, fault, ...(times !== undefined && { times }) });
  return () => product.telegram.calls(bot, method).slice(before);
}
/** From the call that was refused first to the next one. */
export const pauseMs = ([refused, next]: Call[]): number => (next?.atMs ?? Number.NaN) - (refused?.atMs ?? Number.NaN);
