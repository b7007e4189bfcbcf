import type { Update } from 'grammy/types';
import { type BotState, confirm, type PendingPoll, take } from './bot-state.ts';
import type { Answer } from './methods.ts';

const MAX_POLL_SECONDS = 50;
const CONFLICT = 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const WEBHOOK_ACTIVE =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/** getUpdates: the offset confirms, the newest poll wins, a closed connection ends its poll. */
export function getUpdates(bot: BotState, params: Record<string, unknown>, onClose: (end: () => void) => void): Promise<Answer> {
  if (bot.webhookUrl) return Promise.resolve({ status: 409, description: WEBHOOK_ACTIVE });
  if (Array.isArray(params.allowed_updates)) bot.allowedUpdates = params.allowed_updates.length ? params.allowed_updates : null;
  if (bot.poll) {
    bot.overlappingPolls += 1;
    bot.poll.terminate(CONFLICT);
    bot.poll = null;
  }
  confirm(bot, Number(params.offset ?? 0));
  const limit = Math.min(Number(params.limit ?? 100), 100);
  const timeoutMs = Math.min(Number(params.timeout ?? 0), MAX_POLL_SECONDS) * 1_000;
  if (bot.queue.length > 0 || timeoutMs === 0) return Promise.resolve({ status: 200, result: take(bot, limit) });
  return longPoll(bot, timeoutMs, onClose);
}

function longPoll(bot: BotState, timeoutMs: number, onClose: (end: () => void) => void): Promise<Answer> {
  return new Promise((resolve) => {
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      if (bot.poll === poll) bot.poll = null;
      resolve(answer);
    };
    const poll: PendingPoll = {
      answer: (updates: Update[]) => finish({ status: 200, result: updates }),
      terminate: (description) => finish({ status: description === 'Unauthorized' ? 401 : 409, description }),
    };
    const timer = setTimeout(() => poll.answer([]), timeoutMs);
    bot.poll = poll;
    onClose(() => poll.answer([]));
  });
}
