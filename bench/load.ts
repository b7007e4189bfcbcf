// The customers: some write again after each answer (closed), some on schedule (open).
import type { PlatformBot, Platforms } from './platforms.ts';

export const QUESTIONS = [
  'How long does delivery take?',
  'What is your address?',
  'Is there gluten in your bread?',
  'Сколько стоит доставка по городу?',
  'За сколько дней нужно заказать торт?',
  'Patir necha pul turadi?',
  'Yetkazib berish qancha turadi?',
];
const OPEN_TICK_MS = 5;

/** A chat with a bot, and when its open question was asked (null: none). */
interface Chat {
  bot: PlatformBot;
  chatId: number;
  askedAtMs: number | null;
  asked: number;
}

export interface LoadResult {
  answered: number;
  /** Of the bots that are watched. */
  latenciesMs: number[];
}

/** Tracks the chats of all bots and their questions. */
export function createCustomers() {
  const chats = new Map<string, Chat>();
  let counting: LoadResult | null = null;
  let watched: (bot: PlatformBot) => boolean = () => true;
  let closed = false;

  const keyOf = (bot: PlatformBot, chatId: number): string => `${bot.index}:${chatId}`;

  return {
    chats: () => [...chats.values()],

    /** Called by the platform. */
    onSent(bot: PlatformBot, chatId: number, platforms: Platforms): void {
      const chat = chats.get(keyOf(bot, chatId));
      if (chat?.askedAtMs == null) return;
      if (counting) {
        counting.answered += 1;
        if (watched(bot)) counting.latenciesMs.push(performance.now() - chat.askedAtMs);
      }
      chat.askedAtMs = null;
      if (closed) ask(chat, platforms);
    },

    chat(bot: PlatformBot, chatId: number): Chat {
      const key = keyOf(bot, chatId);
      const known = chats.get(key) ?? { bot, chatId, askedAtMs: null, asked: 0 };
      chats.set(key, known);
      return known;
    },

    /** Everybody asks, and asks again when answered, until `end`. */
    startClosed(list: Chat[], platforms: Platforms): { end: () => void } {
      closed = true;
      for (const chat of list) ask(chat, platforms);
      return {
        end: () => {
          closed = false;
        },
      };
    },

    /** Counts answers from now on, for `ms`. */
    async measure(ms: number, watch: (bot: PlatformBot) => boolean = () => true): Promise<LoadResult> {
      const result: LoadResult = { answered: 0, latenciesMs: [] };
      watched = watch;
      counting = result;
      await new Promise((resolve) => setTimeout(resolve, ms));
      counting = null;
      return result;
    },

    /** Waits for all answers; returns how many are missing after the limit. */
    async drain(limitMs: number, watch: (bot: PlatformBot) => boolean = () => true): Promise<number> {
      const waiting = (): number => [...chats.values()].filter(({ bot, askedAtMs }) => askedAtMs !== null && watch(bot)).length;
      const deadline = performance.now() + limitMs;
      while (waiting() > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
      return waiting();
    },
  };
}

export type Customers = ReturnType<typeof createCustomers>;

export function ask(chat: Chat, platforms: Platforms): void {
  chat.askedAtMs ??= performance.now();
  chat.asked += 1;
  platforms.send(chat.bot, chat.chatId, QUESTIONS[(chat.chatId + chat.asked) % QUESTIONS.length] as string);
}

/** Asks `perSecond` questions evenly over the chats, on schedule, until `end`. */
export function startOpen(chats: Chat[], perSecond: number, platforms: Platforms): { end: () => void } {
  const startedAt = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - startedAt) * perSecond) / 1_000;
    for (; sent < due; sent += 1) ask(chats[sent % chats.length] as Chat, platforms);
  }, OPEN_TICK_MS);
  return { end: () => clearInterval(timer) };
}
