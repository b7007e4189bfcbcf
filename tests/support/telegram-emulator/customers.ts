import type { Chat, Message, Update, User } from 'grammy/types';
import { type BotState, enqueue } from './bot-state.ts';

/** What a person does in a chat with the bot. */
export interface CustomerMessage {
  userId?: number;
  chatId?: number;
  text?: string;
  caption?: string;
  languageCode?: string;
  firstName?: string;
  username?: string;
  photo?: { fileId: string; bytes?: Buffer; sizeBytes?: number };
  voice?: { fileId: string; bytes?: Buffer; sizeBytes?: number };
  sticker?: { emoji: string };
  contact?: { phone: string; firstName: string };
  location?: { latitude: number; longitude: number };
  /** A group chat; ids of groups are negative. */
  group?: { title: string };
  replyToBot?: boolean;
}

/** Builds the update a customer's message makes, and delivers it. */
export function customerSends(bot: BotState, message: CustomerMessage): Update {
  const update = buildUpdate(bot, { message: buildMessage(bot, message) });
  enqueue(bot, update);
  return update;
}

/** The customer rewords an earlier message. */
export function customerEdits(bot: BotState, original: Update, text: string): Update {
  const message = original.message as Message;
  const update = buildUpdate(bot, {
    edited_message: { ...message, text, edit_date: message.date + 1 },
  } as Partial<Update>);
  enqueue(bot, update);
  return update;
}

/** The customer blocks the bot, or lets it in again. */
export function customerBlocks(bot: BotState, userId: number, blocked: boolean): Update {
  if (blocked) bot.blockedBy.add(userId);
  else bot.blockedBy.delete(userId);
  const [was, is] = blocked ? ['member', 'kicked'] : ['kicked', 'member'];
  const me = { id: bot.id, is_bot: true, first_name: bot.name, username: bot.username };
  const update = buildUpdate(bot, {
    my_chat_member: {
      chat: { id: userId, type: 'private', first_name: 'Customer' },
      from: { id: userId, is_bot: false, first_name: 'Customer' },
      date: nowSeconds(),
      old_chat_member: { user: me, status: was },
      new_chat_member: { user: me, status: is },
    } as Update['my_chat_member'],
  } as Partial<Update>);
  enqueue(bot, update);
  return update;
}

/** An update as it stands, e.g. from a fixture; it gets the next id. */
export function buildUpdate(bot: BotState, content: Partial<Update>): Update {
  return { update_id: bot.nextUpdateId++, ...content } as Update;
}

function buildMessage(bot: BotState, message: CustomerMessage): Message & Update.NonChannel {
  const userId = message.userId ?? message.chatId ?? 1_001;
  const chatId = message.chatId ?? userId;
  bot.knownChats.add(chatId);
  const from: User = {
    id: userId,
    is_bot: false,
    first_name: message.firstName ?? `Customer ${userId}`,
    ...(message.username && { username: message.username }),
    ...(message.languageCode && { language_code: message.languageCode }),
  };
  const chat = (
    message.group ? { id: chatId, type: 'supergroup', title: message.group.title } : { ...from, id: chatId, type: 'private' }
  ) as Chat;
  return {
    message_id: bot.nextMessageId++,
    date: nowSeconds(),
    from,
    chat,
    ...contentOf(bot, message),
    ...(message.replyToBot && {
      reply_to_message: { message_id: 1, date: nowSeconds(), chat, from: { id: bot.id, is_bot: true, first_name: bot.name } },
    }),
  } as Message & Update.NonChannel;
}

function contentOf(bot: BotState, message: CustomerMessage): object {
  const { text, caption, photo, voice, sticker, contact, location } = message;
  return {
    ...(text !== undefined && { text, ...entitiesOf(text) }),
    ...(caption !== undefined && { caption }),
    ...(photo && {
      photo: [{ file_id: storeFile(bot, photo, 'jpg'), file_unique_id: 'u', width: 800, height: 600, file_size: sizeOf(photo) }],
    }),
    ...(voice && {
      voice: {
        file_id: storeFile(bot, voice, 'oga'),
        file_unique_id: 'u',
        duration: 3,
        mime_type: 'audio/ogg',
        file_size: sizeOf(voice),
      },
    }),
    ...(sticker && {
      sticker: {
        file_id: 's',
        file_unique_id: 's',
        type: 'regular',
        width: 1,
        height: 1,
        is_animated: false,
        is_video: false,
        ...sticker,
      },
    }),
    ...(contact && { contact: { phone_number: contact.phone, first_name: contact.firstName } }),
    ...(location && { location }),
  };
}

function entitiesOf(text: string): object {
  const command = /^\/\w+(@\w+)?/.exec(text);
  const entities = [
    ...(command ? [{ type: 'bot_command', offset: 0, length: command[0].length }] : []),
    ...[...text.matchAll(/(?<!\w|\/\w*)@\w+/g)].map((m) => ({ type: 'mention', offset: m.index, length: m[0].length })),
  ];
  return entities.length > 0 ? { entities } : {};
}

interface SentFile {
  fileId: string;
  bytes?: Buffer;
  sizeBytes?: number;
}

const sizeOf = (file: SentFile): number => file.sizeBytes ?? file.bytes?.length ?? 0;

function storeFile(bot: BotState, { fileId, bytes }: SentFile, extension: string): string {
  if (bytes) bot.files.set(fileId, { path: `files/${fileId}.${extension}`, bytes, mimeType: 'application/octet-stream' });
  return fileId;
}

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
