import type { Message, Update, User } from 'grammy/types';
import type { InboundMessage } from '#core/message.ts';
import { commandOf, isAddressed, type TelegramBot } from './telegram.addressing.ts';
import { contentOf } from './telegram.content.ts';

/** What an update says that is no message. */
export type TelegramEvent =
  /** A customer blocked the bot, or let it in again. */
  | { kind: 'reachability'; platformUserId: string; reachable: boolean }
  /** A button was pressed; Telegram shows a spinner until it is answered. */
  | { kind: 'callback'; callbackId: string };

export interface DecodedUpdate {
  messages: InboundMessage[];
  events: TelegramEvent[];
}

/**
 * One update in our words. Other bots' messages, channel posts and service messages (joined, pinned, …) say nothing to us
 * and come out empty. Pure.
 */
export function decodeUpdate(update: Update, bot: TelegramBot): DecodedUpdate {
  const message = update.message ?? update.edited_message;
  if (message) {
    const decoded = decodeMessage(message, bot);
    return { messages: decoded ? [decoded] : [], events: [] };
  }
  const event = eventOf(update);
  return { messages: [], events: event ? [event] : [] };
}

function decodeMessage(message: Message, bot: TelegramBot): InboundMessage | null {
  const { from, chat } = message;
  if (!from || from.is_bot || chat.type === 'channel' || message.is_automatic_forward) return null;
  const content = contentOf(message);
  if (!content) return null;
  const edited = message.edit_date !== undefined;
  // A moving location is edited every few seconds; only a new wording is of interest.
  if (edited && !content.text) return null;
  const command = edited || content.kind !== 'text' ? null : commandOf(message, bot);
  const isGroup = chat.type !== 'private';

  return {
    externalId: `${chat.id}:${message.message_id}${edited ? `:e${message.edit_date}` : ''}`,
    chatId: String(chat.id),
    isGroup,
    addressed: !isGroup || isAddressed(message, bot),
    sender: senderOf(from),
    ...content,
    ...(edited && { kind: 'edited' as const }),
    ...(command && { kind: 'command' as const, command }),
  };
}

const senderOf = (from: User): InboundMessage['sender'] => ({
  platformUserId: String(from.id),
  firstName: from.first_name,
  ...(from.username && { username: from.username }),
  ...(from.last_name && { lastName: from.last_name }),
  ...(from.language_code && { language: from.language_code }),
});

function eventOf(update: Update): TelegramEvent | null {
  if (update.callback_query) return { kind: 'callback', callbackId: update.callback_query.id };
  const membership = update.my_chat_member;
  if (membership?.chat.type !== 'private') return null;
  return {
    kind: 'reachability',
    platformUserId: String(membership.chat.id),
    reachable: membership.new_chat_member.status !== 'kicked',
  };
}
