import type { Message, Update } from 'grammy/types';
import type { Attachment, MessageKind } from '#core/message.ts';
import { contentOf } from '../telegram.content.ts';

/** What a person did in a private chat with a bot that may be a desk. */
export interface DeskEvent {
  updateId: number;
  chatId: string;
  /** As Telegram shows the person. */
  name: string;
  language: string | null;
  text: string;
  kind: MessageKind | 'press';
  attachment: Attachment | null;
  /** The same for photos or files that were sent together. */
  albumId: string | null;
  /** The message of ours that is replied to, or whose button is pressed. */
  onMessageId: number | null;
  /** The id that the buttons of that message carry. */
  onCardId: string | null;
  press: { id: string; data: string } | null;
}

export interface DeskPlace {
  /** A connection's id, or DESK_BOT_ID. */
  connectionId: string;
  accountId: string;
  token: string;
}

/** The installation's desk bot in the place of a connection. */
export const DESK_BOT_ID = '00000000-0000-7000-8000-00000000de5c';

/** Desks are chats of Telegram. */
export const DESK_CHANNEL = 'telegram';

/** Begins the payload of a link that makes a chat a desk. It is a secret. */
export const DESK_START = 'desk-';

/** Begins the data of every button of a desk. */
export const DESK_DATA = 'desk:';

export interface DeskInbox {
  /** Decided from memory, because every message of a customer asks it too. */
  takes(place: DeskPlace, event: DeskEvent): boolean;
  /** False: it is a customer's message after all. When it throws, the update must be delivered again. */
  accept(place: DeskPlace, event: DeskEvent): Promise<boolean>;
}

/** Null for what no desk reacts to: groups, edits, other bots, service messages. */
export function deskEventOf(update: Update): DeskEvent | null {
  const { message, callback_query: query, update_id: updateId } = update;
  if (message) return messageEvent(updateId, message);
  if (query?.message?.chat.type !== 'private' || !query.data?.startsWith(DESK_DATA)) return null;
  return {
    ...emptyEvent(updateId, query.message.chat.id, query.from),
    kind: 'press',
    onMessageId: query.message.message_id,
    press: { id: query.id, data: query.data },
  };
}

function messageEvent(updateId: number, message: Message): DeskEvent | null {
  const { from, chat } = message;
  const content = from && !from.is_bot && chat.type === 'private' ? contentOf(message) : null;
  if (!from || !content) return null;
  const { text, kind, attachment = null } = content;
  const replied = message.reply_to_message;
  const about = { onMessageId: replied?.message_id ?? null, onCardId: cardIdOf(replied) };
  const albumId = message.media_group_id ?? null;
  return { ...emptyEvent(updateId, chat.id, from), text, kind, attachment, albumId, ...about };
}

function cardIdOf(message: Message | undefined): string | null {
  const buttons = (message?.reply_markup?.inline_keyboard ?? []).flat();
  const ours = buttons.find((button) => 'callback_data' in button && button.callback_data.startsWith(DESK_DATA));
  return ours && 'callback_data' in ours ? (ours.callback_data.split(':')[2] ?? null) : null;
}

function emptyEvent(updateId: number, chatId: number, from: NonNullable<Message['from']>): DeskEvent {
  const name = [from.first_name, from.last_name].filter(Boolean).join(' ');
  const common = { updateId, chatId: String(chatId), name, language: from.language_code ?? null };
  return { ...common, text: '', kind: 'text', attachment: null, albumId: null, onMessageId: null, onCardId: null, press: null };
}
