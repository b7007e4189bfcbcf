import type { InlineKeyboardButton } from 'grammy/types';
import type { BotState, SentMessage } from './bot-state.ts';
import { chatProblem, isGroup, replyTo, threadProblem } from './chats.ts';
import { asDelivered, isInvisible, parseHtml } from './html-entities.ts';
import { keyboardOf, markupProblem } from './keyboards.ts';
import { PROFILE_METHODS } from './profile.ts';

/** What a method answers; without `description` it is a success. */
export interface Answer {
  status: number;
  result?: unknown;
  description?: string;
  parameters?: { retry_after?: number; migrate_to_chat_id?: number };
}

type Method = (bot: BotState, params: Record<string, unknown>) => Answer;

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const MAX_PRESS_TEXT = 200;
const MAX_UPLOAD_BYTES = 50 * 1024 * 1024;
const MAX_PHOTO_BYTES = 10 * 1024 * 1024;
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;
const ok = (result: unknown): Answer => ({ status: 200, result });
const refuse = (status: number, description: string): Answer => ({ status, description });

/** Every method but getUpdates. */
export const METHODS: Record<string, Method> = {
  getMe: (bot) => ok(userOf(bot)),
  sendMessage,
  sendPhoto,
  sendVoice: (bot, params) => sendFile(bot, params, 'voice'),
  sendAudio: (bot, params) => sendFile(bot, params, 'audio'),
  sendDocument: (bot, params) => sendFile(bot, params, 'document'),
  sendChatAction: (bot, params) => chatProblem(bot, Number(params.chat_id)) ?? threadProblem(bot, params) ?? ok(true),
  answerCallbackQuery,
  editMessageText,
  ...PROFILE_METHODS,
  setWebhook(bot, params) {
    const problem = webhookProblem(String(params.url ?? ''));
    if (problem) return refuse(400, problem);
    bot.webhookUrl = String(params.url ?? '');
    if (params.drop_pending_updates === true) bot.queue = [];
    bot.webhook.secret = String(params.secret_token ?? '');
    bot.webhook.allowedUpdates = (params.allowed_updates as string[]) ?? [];
    bot.webhook.maxConnections = Number(params.max_connections ?? 40);
    bot.webhook.wake();
    bot.poll?.terminate('Conflict: terminated by setWebhook request');
    return ok(true);
  },
  deleteWebhook(bot, params) {
    bot.webhookUrl = '';
    if (params.drop_pending_updates === true) bot.queue = [];
    return ok(true);
  },
  getWebhookInfo: ({ webhookUrl, queue, webhook: { allowedUpdates, maxConnections, lastErrorDate, lastErrorMessage } }) =>
    ok({
      url: webhookUrl,
      has_custom_certificate: false,
      pending_update_count: queue.length,
      ...(webhookUrl && { allowed_updates: allowedUpdates, max_connections: maxConnections }),
      ...(lastErrorDate > 0 && { last_error_date: lastErrorDate, last_error_message: lastErrorMessage }),
    }),
  getFile(bot, params) {
    const file = bot.files.get(String(params.file_id));
    if (!file) return refuse(400, 'Bad Request: wrong file_id or the file is temporarily unavailable');
    if (file.bytes.length > MAX_DOWNLOAD_BYTES) return refuse(400, 'Bad Request: file is too big');
    return ok({ file_id: params.file_id, file_unique_id: params.file_id, file_size: file.bytes.length, file_path: file.path });
  },
};

export const userOf = (bot: BotState) => ({
  id: bot.id,
  is_bot: true,
  first_name: bot.name,
  username: bot.username,
  can_join_groups: true,
  can_read_all_group_messages: false,
  supports_inline_queries: false,
});

function sendMessage(bot: BotState, params: Record<string, unknown>): Answer {
  const words = wordsOf(params, 'text', MAX_TEXT);
  if ('status' in words) return chatProblem(bot, Number(params.chat_id)) ?? words;
  if (!words.text) return chatProblem(bot, Number(params.chat_id)) ?? refuse(400, 'Bad Request: message text is empty');
  return deliver(bot, params, words);
}

/** Its bytes, or the file id they got when they came first. Source: core.telegram.org/bots/api#sendphoto (2026-11). */
function sendPhoto(bot: BotState, params: Record<string, unknown>): Answer {
  const problem = chatProblem(bot, Number(params.chat_id));
  if (problem) return problem;
  const words = wordsOf(params, 'caption', MAX_CAPTION);
  if ('status' in words) return words;
  const file = params.photo as { bytes: Buffer; mimeType: string } | string;
  if (typeof file === 'string') {
    const known = bot.files.get(file);
    if (!known) return refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified');
    if (known.kind && known.kind !== 'photo') return refuse(400, `Bad Request: can't use file of type ${known.kind} as photo`);
    return deliver(bot, params, { ...words, photo: file });
  }
  if (file.bytes.length > MAX_PHOTO_BYTES) return refuse(400, 'Bad Request: file is too big');
  if (!isPicture(file.bytes)) return refuse(400, 'Bad Request: IMAGE_PROCESS_FAILED');
  bot.photoUploads += 1;
  const photo = `AgACAgIAAxk${bot.photoUploads}`;
  bot.files.set(photo, { path: `photos/file_${bot.photoUploads}.jpg`, ...file });
  return deliver(bot, params, { ...words, photo });
}

/** Its bytes, or the id of a file of the same kind. Source: core.telegram.org/bots/api#sendvoice, #sending-files (2026-11). */
function sendFile(bot: BotState, params: Record<string, unknown>, kind: 'voice' | 'audio' | 'document'): Answer {
  const problem = chatProblem(bot, Number(params.chat_id));
  if (problem) return problem;
  const words = wordsOf(params, 'caption', MAX_CAPTION);
  if ('status' in words) return words;
  const given = params[kind] as { bytes: Buffer } | string;
  const known = typeof given === 'string' ? bot.files.get(given) : undefined;
  if (typeof given === 'string') {
    if (!known) return refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified');
    if (known.kind !== kind) return refuse(400, `Bad Request: can't use file of type ${known.kind} as ${kind}`);
    return deliver(bot, params, { ...words, file: { kind, bytes: known.bytes, fileId: given } });
  }
  const { bytes } = given;
  if (bytes.length === 0) return refuse(400, 'Bad Request: file must be non-empty');
  if (bytes.length > MAX_UPLOAD_BYTES) return refuse(413, 'Request Entity Too Large');
  return deliver(bot, params, { ...words, file: { kind, bytes } });
}

const isPicture = (bytes: Buffer): boolean => /^(?:ffd8ff|89504e47)/.test(bytes.subarray(0, 4).toString('hex'));

/** What is said, as a reader sees it; a refusal where it cannot be. */
function wordsOf(params: Record<string, unknown>, field: string, max: number): { text: string; raw: string } | Answer {
  const raw = String(params[field] ?? '');
  const parsed = params.parse_mode === 'HTML' ? parseHtml(raw) : ({ ok: true, text: raw } as const);
  if (!parsed.ok) return refuse(400, parsed.description);
  const text = asDelivered(parsed.text);
  if (field === 'text' && isInvisible(text)) return refuse(400, 'Bad Request: message text is empty');
  return text.length > max ? refuse(400, `Bad Request: message ${field === 'text' ? '' : 'caption '}is too long`) : { text, raw };
}

function deliver(
  bot: BotState,
  params: Record<string, unknown>,
  content: Pick<SentMessage, 'text' | 'raw' | 'photo' | 'file'>,
): Answer {
  const chatId = Number(params.chat_id);
  const problem = chatProblem(bot, chatId) ?? threadProblem(bot, params);
  if (problem) return problem;
  const refused = markupProblem(params);
  if (refused) return refuse(400, refused);
  const answered = replyTo(bot, chatId, params);
  if (answered !== null && typeof answered !== 'number') return answered;
  const messageId = bot.nextMessageId++;
  bot.chatOf.set(messageId, chatId);
  const keyboard = keyboardOf(params);
  const buttons = keyboard.flat() as InlineKeyboardButton[];
  const [button] = buttons;
  const parseMode = (params.parse_mode as string) ?? null;
  const thread = params.message_thread_id === undefined ? null : Number(params.message_thread_id);
  const shown = { keyboard, replyTo: answered, thread, silent: params.disable_notification === true, edits: 0 };
  bot.sent.push({ chatId, messageId, ...content, ...shown, parseMode, atMs: Date.now(), ...(button && { button, buttons }) });
  const sizes = ['small', content.photo].map((id) => ({ file_id: id, file_unique_id: id, width: 90, height: 90 }));
  return ok({
    message_id: messageId,
    date: Math.floor(Date.now() / 1_000),
    chat: { id: chatId, type: isGroup(chatId) ? 'supergroup' : 'private' },
    ...(content.photo ? { photo: sizes, caption: content.text } : { text: content.text }),
    from: userOf(bot),
  });
}

/** Source: core.telegram.org/bots/api#setwebhook, and the words of tdlib/telegram-bot-api (2026-11). */
function webhookProblem(url: string): string | null {
  if (url === '') return null;
  const { protocol, port } = URL.canParse(url) ? new URL(url) : { protocol: '', port: '' };
  if (protocol !== 'https:') return 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook';
  if (!['', '80', '88', '443', '8443'].includes(port))
    return 'Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443';
  return null;
}

/** Source: core.telegram.org/bots/api#editmessagetext, and the words of tdlib/telegram-bot-api (2026-11). */
function editMessageText(bot: BotState, params: Record<string, unknown>): Answer {
  const words = wordsOf(params, 'text', MAX_TEXT);
  if ('status' in words) return words;
  const refused = markupProblem(params);
  if (refused) return refuse(400, refused);
  const [chatId, messageId] = [Number(params.chat_id), Number(params.message_id)];
  const message = bot.sent.find((sent) => sent.chatId === chatId && sent.messageId === messageId);
  if (!message) return refuse(400, 'Bad Request: message to edit not found');
  const keyboard = keyboardOf(params);
  if (message.text === words.text && JSON.stringify(message.keyboard) === JSON.stringify(keyboard))
    return refuse(
      400,
      'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    );
  Object.assign(message, words, { keyboard, edits: message.edits + 1 });
  return ok({ message_id: messageId, chat: { id: chatId, type: 'private' }, text: words.text, from: userOf(bot) });
}

function answerCallbackQuery(bot: BotState, params: Record<string, unknown>): Answer {
  const id = String(params.callback_query_id);
  if (!bot.presses.has(id))
    return refuse(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
  const text = String(params.text ?? '');
  if (text.length > MAX_PRESS_TEXT) return refuse(400, 'Bad Request: MESSAGE_TOO_LONG');
  bot.presses.set(id, { text, alert: params.show_alert === true });
  return ok(true);
}
