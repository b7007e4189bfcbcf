import type { Chat, Message, Update, User } from 'grammy/types';
import { type BotState, enqueue } from './bot-state.ts';
import { contentOf, type SentFile } from './contents.ts';

/** What a person does in a chat with the bot. */
export interface CustomerMessage {
  userId?: number;
  chatId?: number;
  text?: string;
  caption?: string;
  languageCode?: string;
  firstName?: string;
  username?: string;
  photo?: SentFile;
  voice?: SentFile;
  audio?: SentFile & { mimeType: string };
  document?: SentFile & { mimeType?: string; fileName: string };
  video?: SentFile & { fileName?: string };
  sticker?: { emoji: string };
  contact?: { phone: string; firstName: string };
  location?: { latitude: number; longitude: number };
  venue?: { location: { latitude: number; longitude: number }; title: string; address: string };
  /** Sent together with others of this number. */
  albumId?: string;
  /** A group chat; ids of groups are negative. `topic`: a topic of its forum; General has none. */
  group?: { title: string; topic?: number };
  /** An anonymous administrator, or a channel that writes in a group. */
  senderChat?: { id: number; title: string; type: 'supergroup' | 'channel' };
  replyToBot?: boolean;
  /** A message of the bot's in this chat. */
  replyTo?: number;
  /** Further fields of the message, as the Bot API names them. */
  more?: object;
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

/** The customer presses a button under one of our messages. `data`: what a changed app sends in place of the button's. */
export function customerPresses(bot: BotState, messageId: number, label: string, data?: string): Update {
  const sent = bot.sent.find((one) => one.messageId === messageId);
  const button = sent?.buttons?.find(({ text }) => text === label);
  if (!sent || !button || !('callback_data' in button)) throw new Error(`No button "${label}" under message ${messageId}`);
  const id = `${bot.id}${bot.nextUpdateId}`;
  bot.presses.set(id, null);
  const chat = { id: sent.chatId, type: 'private', first_name: 'Customer' };
  const update = buildUpdate(bot, {
    callback_query: {
      id,
      from: { id: sent.chatId, is_bot: false, first_name: 'Customer' },
      message: {
        message_id: messageId,
        date: nowSeconds(),
        chat,
        text: sent.text,
        reply_markup: { inline_keyboard: (sent.buttons ?? []).map((one) => [one]) },
      },
      chat_instance: '1',
      data: data ?? button.callback_data,
    },
  } as unknown as Partial<Update>);
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

/** The person presses a button under a message. `data` may be forged: Telegram passes on what the client sends. */
export function customerSendsPress(bot: BotState, press: { userId: number; messageId: number; data: string }): string {
  const { userId, messageId, data } = press;
  const id = `press-${bot.nextUpdateId}`;
  bot.presses.set(id, null);
  const chat = { id: userId, type: 'private', first_name: `Customer ${userId}` };
  enqueue(
    bot,
    buildUpdate(bot, {
      callback_query: {
        id,
        from: { id: userId, is_bot: false, first_name: `Customer ${userId}` },
        chat_instance: '1',
        data,
        message: { message_id: messageId, date: nowSeconds(), chat, from: { id: bot.id, is_bot: true, first_name: bot.name } },
      },
    } as Partial<Update>),
  );
  return id;
}

/** An update as it stands, e.g. from a fixture; it gets the next id. */
export function buildUpdate(bot: BotState, content: Partial<Update>): Update {
  return { update_id: bot.nextUpdateId++, ...content } as Update;
}

function buildMessage(bot: BotState, message: CustomerMessage): Message & Update.NonChannel {
  const userId = message.userId ?? message.chatId ?? 1_001;
  const chatId = message.chatId ?? userId;
  bot.knownChats.add(chatId);
  const topic = message.group?.topic;
  if (topic !== undefined) bot.topics.set(chatId, (bot.topics.get(chatId) ?? new Set()).add(topic));
  bot.chatOf.set(bot.nextMessageId, chatId);
  const from: User = message.senderChat
    ? standIn(message.senderChat)
    : {
        id: userId,
        is_bot: false,
        first_name: message.firstName ?? `Customer ${userId}`,
        ...(message.username && { username: message.username }),
        ...(message.languageCode && { language_code: message.languageCode }),
      };
  const chat = (
    message.group
      ? { id: chatId, type: 'supergroup', title: message.group.title, ...(topic !== undefined && { is_forum: true }) }
      : { ...from, id: chatId, type: 'private' }
  ) as Chat;
  return {
    message_id: bot.nextMessageId++,
    date: nowSeconds(),
    from,
    chat,
    ...(message.senderChat && { sender_chat: message.senderChat }),
    ...(topic !== undefined && { message_thread_id: topic, is_topic_message: true }),
    ...contentOf(bot, message),
    ...(message.albumId && { media_group_id: message.albumId }),
    ...(message.replyTo !== undefined && {
      reply_to_message: {
        message_id: message.replyTo,
        date: nowSeconds(),
        chat,
        from: { id: bot.id, is_bot: true, first_name: bot.name },
        ...ourMessage(bot, message.replyTo),
      },
    }),
    ...(message.replyToBot && {
      reply_to_message: { message_id: 1, date: nowSeconds(), chat, from: { id: bot.id, is_bot: true, first_name: bot.name } },
    }),
    ...message.more,
  } as Message & Update.NonChannel;
}

/** What is repeated of a message of ours. */
function ourMessage(bot: BotState, id: number) {
  const { text, keyboard } = bot.sent.find(({ messageId }) => messageId === id) ?? {};
  return { ...(text && { text }), reply_markup: { inline_keyboard: keyboard ?? [] } };
}

/** Source: core.telegram.org/bots/api#message, `from` of messages sent on behalf of a chat (2026-11). */
const standIn = ({ type }: { type: string }): User =>
  type === 'channel'
    ? { id: 136_817_688, is_bot: true, first_name: 'Channel', username: 'Channel_Bot' }
    : { id: 1_087_968_824, is_bot: true, first_name: 'Group', username: 'GroupAnonymousBot' };

const nowSeconds = (): number => Math.floor(Date.now() / 1_000);
