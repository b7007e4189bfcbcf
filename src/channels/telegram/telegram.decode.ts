import type { CallbackQuery, Message, Update } from 'grammy/types';
import { pressOf } from '#core/choices.ts';
import type { InboundMessage } from '#core/message.ts';
import { platformTime } from '#core/platform-time.ts';
import { DESK_DATA, DESK_START } from './desk/desk.event.ts';
import { commandOf, isAddressed, type TelegramBot, wordsWithoutOurName } from './telegram.addressing.ts';
import { type Content, contentOf } from './telegram.content.ts';
import { referenceOf } from './telegram.reference.ts';
import { placeOf, senderOf, writerOf } from './telegram.writer.ts';

export type TelegramEvent =
  | { kind: 'reachability'; platformUserId: string; reachable: boolean }
  /** Whether the bot may write in a group. */
  | { kind: 'group_reachability'; chatId: string; reachable: boolean }
  /** A group has another id from now on. */
  | { kind: 'moved'; chatId: string; movedTo: string }
  /** Telegram shows a spinner until the press is answered. */
  | { kind: 'callback'; callbackId: string };

export interface DecodedUpdate {
  messages: InboundMessage[];
  events: TelegramEvent[];
}

/** Other bots' messages, channel posts and service messages come out empty. */
export function decodeUpdate(update: Update, bot: TelegramBot): DecodedUpdate {
  const message = update.message ?? update.edited_message;
  if (message) {
    const { chat, migrate_to_chat_id: movedTo } = message;
    if (movedTo !== undefined)
      return { messages: [], events: [{ kind: 'moved', chatId: String(chat.id), movedTo: String(movedTo) }] };
    const decoded = decodeMessage(message, bot);
    return { messages: decoded ? [decoded] : [], events: [] };
  }
  const press = update.callback_query && decodePress(update.callback_query);
  const event = eventOf(update);
  return { messages: press ? [press] : [], events: event ? [event] : [] };
}

function decodeMessage(message: Message, bot: TelegramBot): InboundMessage | null {
  const { chat } = message;
  const sender = writerOf(message);
  if (!sender || chat.type === 'channel' || message.is_automatic_forward) return null;
  const content = contentOf(message);
  if (!content) return null;
  const edited = message.edit_date !== undefined;
  // A live location is edited every few seconds; only a new wording matters.
  if (edited && !content.text) return null;
  const isGroup = chat.type !== 'private';
  const writtenAt = platformTime(message.edit_date ?? message.date);

  return {
    externalId: `${chat.id}:${message.message_id}${edited ? `:e${message.edit_date}` : ''}`,
    chatId: String(chat.id),
    isGroup,
    ...placeOf(message, message.message_id),
    addressed: !isGroup || isAddressed(message, bot),
    sender,
    ...content,
    ...(message.media_group_id !== undefined && { album: String(message.media_group_id) }),
    ...referenceOf(message),
    ...(isGroup && withoutOurName(message, content, bot)),
    ...(edited ? { kind: 'edited' as const } : commandIn(message, content, bot)),
    ...(writtenAt && { writtenAt }),
  };
}

/** Who only names the bot under somebody's words asks about those; who names it alone is told what it can do. */
function withoutOurName(message: Message, { kind, text }: Content, bot: TelegramBot): Partial<InboundMessage> {
  if (!text) return {};
  const words = wordsWithoutOurName(message, bot);
  if (words || kind !== 'text') return { text: words };
  const meant = message.reply_to_message?.from?.id === bot.id ? '' : referenceOf(message).refersTo?.text;
  return meant ? { text: meant } : { kind: 'command', command: 'help', text: '/help' };
}

function commandIn(message: Message, { kind, text }: Content, bot: TelegramBot): Partial<InboundMessage> {
  const command = kind === 'text' ? commandOf(message, bot) : null;
  if (!command) return {};
  const source = command === 'start' ? /^\S+\s+([\w-]{1,64})$/.exec(text.trim())?.[1] : undefined;
  return { kind: 'command', command, ...(source && !source.startsWith(DESK_START) && { source }) };
}

/** A button of an older program of the bot means what stands on it. Those of a desk are no customer's. */
const saidBy = (label: string | undefined, data: string): Pick<InboundMessage, 'kind' | 'text'> | null =>
  label?.trim() && !data.startsWith(DESK_DATA) ? { kind: 'text', text: label.trim() } : null;

/**
 * A press of a button of ours. Data that is on none of the message's buttons is forged.
 * The buttons of an old message are not known any more (its date is 0).
 */
function decodePress({ id, from, message, data = '' }: CallbackQuery): InboundMessage | null {
  if (!message) return null;
  const buttons = message.date === 0 ? null : ((message as Message).reply_markup?.inline_keyboard ?? []).flat();
  const button = buttons?.find((one) => 'callback_data' in one && one.callback_data === data);
  const press = buttons && !button ? null : (pressOf(data, button?.text ?? '') ?? saidBy(button?.text, data));
  if (!press) return null;
  return {
    externalId: `press:${id}`,
    chatId: String(message.chat.id),
    isGroup: message.chat.type !== 'private',
    ...placeOf(message as Message, message.message_id),
    addressed: true,
    sender: senderOf(from),
    ...press,
  };
}

function eventOf(update: Update): TelegramEvent | null {
  if (update.callback_query) return { kind: 'callback', callbackId: update.callback_query.id };
  const { chat, new_chat_member: member } = update.my_chat_member ?? {};
  if (!chat || !member || chat.type === 'channel') return null;
  if (chat.type === 'private')
    return { kind: 'reachability', platformUserId: String(chat.id), reachable: member.status !== 'kicked' };
  const reachable = member.status === 'restricted' ? member.can_send_messages : !['kicked', 'left'].includes(member.status);
  return { kind: 'group_reachability', chatId: String(chat.id), reachable };
}
