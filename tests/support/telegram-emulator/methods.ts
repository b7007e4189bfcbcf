import type { BotState } from './bot-state.ts';
import { parseHtml } from './html-entities.ts';

/** What a method answers; without `description` it is a success. */
export interface Answer {
  status: number;
  result?: unknown;
  description?: string;
  parameters?: { retry_after?: number };
}

type Method = (bot: BotState, params: Record<string, unknown>) => Answer;

const MAX_TEXT = 4_096;
const MAX_CAPTION = 1_024;
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;
const ok = (result: unknown): Answer => ({ status: 200, result });
const refuse = (status: number, description: string): Answer => ({ status, description });

/** Every method but getUpdates. */
export const METHODS: Record<string, Method> = {
  getMe: (bot) => ok(userOf(bot)),
  sendMessage,
  sendPhoto,
  sendChatAction: (bot, params) => chatProblem(bot, Number(params.chat_id)) ?? ok(true),
  answerCallbackQuery: () => ok(true),
  setMyCommands(bot, params) {
    bot.commands = params.commands as unknown[];
    return ok(true);
  },
  setWebhook(bot, params) {
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
    if (!bot.files.has(file)) return refuse(400, 'Bad Request: wrong file identifier/HTTP URL specified');
    return deliver(bot, params, { ...words, photo: file });
  }
  if (!isPicture(file.bytes)) return refuse(400, 'Bad Request: IMAGE_PROCESS_FAILED');
  bot.photoUploads += 1;
  const photo = `AgACAgIAAxk${bot.photoUploads}`;
  bot.files.set(photo, { path: `photos/file_${bot.photoUploads}.jpg`, ...file });
  return deliver(bot, params, { ...words, photo });
}

const isPicture = (bytes: Buffer): boolean => /^(?:ffd8ff|89504e47)/.test(bytes.subarray(0, 4).toString('hex'));

/** What is said, as a reader sees it; a refusal where it cannot be. */
function wordsOf(params: Record<string, unknown>, field: string, max: number): { text: string; raw: string } | Answer {
  const raw = String(params[field] ?? '');
  const parsed = params.parse_mode === 'HTML' ? parseHtml(raw) : ({ ok: true, text: raw } as const);
  if (!parsed.ok) return refuse(400, parsed.description);
  const text = parsed.text.trim();
  return text.length > max ? refuse(400, `Bad Request: message ${field === 'text' ? '' : 'caption '}is too long`) : { text, raw };
}

function deliver(bot: BotState, params: Record<string, unknown>, content: { text: string; raw: string; photo?: string }): Answer {
  const chatId = Number(params.chat_id);
  const problem = chatProblem(bot, chatId);
  if (problem) return problem;
  const messageId = bot.nextMessageId++;
  const markup = typeof params.reply_markup === 'string' ? JSON.parse(params.reply_markup) : params.reply_markup;
  const button = markup?.inline_keyboard?.[0]?.[0];
  const parseMode = (params.parse_mode as string) ?? null;
  bot.sent.push({ chatId, messageId, ...content, parseMode, atMs: Date.now(), ...(button && { button }) });
  const sizes = ['small', content.photo].map((id) => ({ file_id: id, file_unique_id: id, width: 90, height: 90 }));
  return ok({
    message_id: messageId,
    date: Math.floor(Date.now() / 1_000),
    chat: { id: chatId, type: 'private' },
    ...(content.photo ? { photo: sizes, caption: content.text } : { text: content.text }),
    from: userOf(bot),
  });
}

function chatProblem(bot: BotState, chatId: number): Answer | null {
  if (bot.blockedBy.has(chatId)) return refuse(403, 'Forbidden: bot was blocked by the user');
  if (!bot.knownChats.has(chatId)) return refuse(400, 'Bad Request: chat not found');
  return null;
}
