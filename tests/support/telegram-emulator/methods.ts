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
const MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024;
const ok = (result: unknown): Answer => ({ status: 200, result });
const refuse = (status: number, description: string): Answer => ({ status, description });

/** Every method but getUpdates. */
export const METHODS: Record<string, Method> = {
  getMe: (bot) => ok(userOf(bot)),
  sendMessage,
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
  const chatId = Number(params.chat_id);
  const problem = chatProblem(bot, chatId);
  if (problem) return problem;
  const raw = String(params.text ?? '');
  const parsed = params.parse_mode === 'HTML' ? parseHtml(raw) : ({ ok: true, text: raw } as const);
  if (!parsed.ok) return refuse(400, parsed.description);
  const text = parsed.text.trim();
  if (!text) return refuse(400, 'Bad Request: message text is empty');
  if (text.length > MAX_TEXT) return refuse(400, 'Bad Request: message is too long');
  const messageId = bot.nextMessageId++;
  bot.sent.push({ chatId, messageId, text, raw, parseMode: (params.parse_mode as string) ?? null, atMs: Date.now() });
  return ok({
    message_id: messageId,
    date: Math.floor(Date.now() / 1_000),
    chat: { id: chatId, type: 'private' },
    text,
    from: userOf(bot),
  });
}

function chatProblem(bot: BotState, chatId: number): Answer | null {
  if (bot.blockedBy.has(chatId)) return refuse(403, 'Forbidden: bot was blocked by the user');
  if (!bot.knownChats.has(chatId)) return refuse(400, 'Bad Request: chat not found');
  return null;
}
