import { type BotState, enqueue } from './bot-state.ts';
import { buildUpdate } from './customers.ts';
import type { Answer } from './methods.ts';

const refuse = (status: number, description: string, parameters?: Answer['parameters']): Answer => ({
  status,
  description,
  ...(parameters && { parameters }),
});

/** Groups have negative ids. */
export const isGroup = (chatId: number): boolean => chatId < 0;

/** Why nothing may be written there. Source: the words of tdlib/telegram-bot-api Client.cpp (2026-11). */
export function chatProblem(bot: BotState, chatId: number): Answer | null {
  const movedTo = bot.migrated.get(chatId);
  if (movedTo !== undefined) {
    const description = 'Bad Request: group chat was upgraded to a supergroup chat';
    return refuse(400, description, { migrate_to_chat_id: movedTo });
  }
  if (bot.kickedFrom.has(chatId)) return refuse(403, 'Forbidden: bot was kicked from the supergroup chat');
  if (bot.mutedIn.has(chatId)) return refuse(400, 'Bad Request: not enough rights to send text messages to the chat');
  if (bot.blockedBy.has(chatId)) return refuse(403, 'Forbidden: bot was blocked by the user');
  if (!bot.knownChats.has(chatId)) return refuse(400, 'Bad Request: chat not found');
  return null;
}

/** Topics exist where somebody wrote in them; General has no number. */
export function threadProblem(bot: BotState, params: Record<string, unknown>): Answer | null {
  const thread = params['message_thread_id'];
  if (thread === undefined || bot.topics.get(Number(params['chat_id']))?.has(Number(thread))) return null;
  return refuse(400, 'Bad Request: message thread not found');
}

interface ReplyTo {
  message_id: number;
  allow_sending_without_reply?: boolean;
}

/** The message it replies to, null for none; a refusal when that is not in the chat. */
export function replyTo(
  bot: BotState,
  chatId: number,
  { reply_parameters: given }: Record<string, unknown>,
): number | null | Answer {
  const reply = (typeof given === 'string' ? JSON.parse(given) : given) as ReplyTo | undefined;
  if (!reply) return null;
  if (bot.chatOf.get(reply.message_id) === chatId) return reply.message_id;
  return reply.allow_sending_without_reply ? null : refuse(400, 'Bad Request: message to be replied not found');
}

const SOMEBODY = { id: 900_001, is_bot: false, first_name: 'Admin' };

/** An administrator removes the bot from a group, or adds it again. */
export function botIsRemoved(bot: BotState, chatId: number, removed: boolean): void {
  if (removed) bot.kickedFrom.add(chatId);
  else bot.kickedFrom.delete(chatId);
  const me = { id: bot.id, is_bot: true, first_name: bot.name, username: bot.username };
  const [was, is] = removed ? ['member', 'kicked'] : ['left', 'member'];
  enqueue(
    bot,
    buildUpdate(bot, {
      my_chat_member: {
        chat: { id: chatId, type: 'supergroup', title: 'Group' },
        from: SOMEBODY,
        date: Math.floor(Date.now() / 1_000),
        old_chat_member: { user: me, status: was },
        new_chat_member: { user: me, status: is },
      },
    } as never),
  );
}

/** A group becomes a supergroup: it has another id from now on. `told`: the service messages arrive. */
export function groupMigrates(bot: BotState, from: number, to: number, told: boolean): void {
  bot.migrated.set(from, to);
  bot.knownChats.add(to);
  if (!told) return;
  const date = Math.floor(Date.now() / 1_000);
  const service = (id: number, type: string, rest: object) =>
    enqueue(
      bot,
      buildUpdate(bot, {
        message: { message_id: bot.nextMessageId++, date, from: SOMEBODY, chat: { id, type, title: 'Group' }, ...rest },
      } as never),
    );
  service(from, 'group', { migrate_to_chat_id: to });
  service(to, 'supergroup', { migrate_from_chat_id: from });
}
