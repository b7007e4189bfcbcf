// Telegram and Gemini on loopback, in the process that makes the load. They store nothing, so that a long run does not fill
// memory.
// The script's saturation shows their own cost (docs/benchmarks.md).
import type { GeminiRequest } from '../tests/support/gemini-emulator/gemini-emulator.ts';
import { startGeminiEmulator } from '../tests/support/gemini-emulator/gemini-emulator.ts';
import type { BotState, SentMessage } from '../tests/support/telegram-emulator/bot-state.ts';
import { startTelegramEmulator } from '../tests/support/telegram-emulator/telegram-emulator.ts';

const ANSWER = 'We are open every day from 7:00 to 22:00. Delivery within Tashkent takes about an hour.';
// The longest timer: the answer never comes.
const NEVER_MS = 2 ** 31 - 1;

export interface PlatformBot {
  index: number;
  token: string;
  state: BotState;
}

/** `onSent` is called with every message a bot sends. */
export async function startPlatforms(count: number, onSent: (bot: PlatformBot, chatId: number) => void) {
  const telegram = await startTelegramEmulator();
  const gemini = await startGeminiEmulator();
  const ai = { latencyMs: 0, /** What the prompt of a bot without answers holds. */ hangsFor: null as string | null };
  gemini.controls.answer = () => ANSWER;
  gemini.controls.latencyMs = (request: GeminiRequest) => {
    gemini.requests.length = 0;
    return ai.hangsFor && JSON.stringify(request.body.systemInstruction).includes(ai.hangsFor) ? NEVER_MS : ai.latencyMs;
  };

  const bots = Array.from({ length: count }, (_, index): PlatformBot => {
    const token = `${710_000_000 + index}:${'B'.repeat(30)}${String(index).padStart(5, '0')}`;
    const bot = { index, token, state: telegram.addBot({ token }) };
    bot.state.sent = sink<SentMessage>(({ chatId }) => onSent(bot, chatId));
    bot.state.calls = sink(() => {});
    bot.state.delivered.set = () => bot.state.delivered;
    return bot;
  });

  return {
    bots,
    ai,
    env: { TELEGRAM_API_ROOT: telegram.url, GEMINI_BASE_URL: gemini.url, GEMINI_API_KEY: gemini.apiKey },
    send: (bot: PlatformBot, chatId: number, text: string) => telegram.customerSends(bot.state, { userId: chatId, text }),
    polling: (): number => bots.filter(({ state }) => state.poll !== null).length,
    close: () => Promise.all([telegram.close(), gemini.close()]),
  };
}

export type Platforms = Awaited<ReturnType<typeof startPlatforms>>;

/** An array that stores nothing and passes each pushed item to `tell`. */
function sink<T>(tell: (item: T) => void): T[] {
  const list: T[] = [];
  list.push = (...items) => {
    for (const item of items) tell(item);
    return 0;
  };
  return list;
}
