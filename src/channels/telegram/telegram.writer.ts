import type { Message, User } from 'grammy/types';
import type { InboundMessage, Place } from '#core/message.ts';

// Telegram's stand-ins for those who write in a group as a chat: its anonymous administrators, and channels.
// Source: https://core.telegram.org/bots/api#message, `from` (seen 2026-11).
const STAND_INS = [1_087_968_824, 136_817_688];

/** Null: another bot, or nobody. */
export function writerOf({ from, sender_chat: chat }: Message): InboundMessage['sender'] | null {
  if (!from) return null;
  if (!from.is_bot) return senderOf(from);
  if (!chat || !STAND_INS.includes(from.id)) return null;
  return {
    platformUserId: String(chat.id),
    ...(chat.title && { firstName: chat.title }),
    ...(chat.username && { username: chat.username }),
  };
}

export const senderOf = (from: User): InboundMessage['sender'] => ({
  platformUserId: String(from.id),
  firstName: from.first_name,
  ...(from.username && { username: from.username }),
  ...(from.last_name && { lastName: from.last_name }),
  ...(from.language_code && { language: from.language_code }),
});

/** A group's title, and where its answer belongs. Only topics have a thread: General has none, and a chain of replies is no topic. */
export function placeOf(message: Message, answers: number): Pick<InboundMessage, 'chatTitle' | 'place'> {
  const { chat, is_topic_message: inTopic, message_thread_id: thread } = message;
  const isGroup = chat.type !== 'private';
  const place: Place = {
    ...(inTopic && thread !== undefined && { thread: String(thread) }),
    ...(isGroup && { replyTo: String(answers) }),
  };
  return { ...(isGroup && chat.title && { chatTitle: chat.title }), ...(Object.keys(place).length > 0 && { place }) };
}
