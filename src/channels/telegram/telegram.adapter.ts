import type { ChannelAdapter, Sent } from '../channel.ts';
import { apiFor, botIdOf, type TelegramServer, TOKEN_PATTERN } from './telegram.api.ts';
import { failureOf, isEntitiesError } from './telegram.failure.ts';
import { toTelegramHtml } from './telegram.format.ts';
import { fetchTelegramFile } from './telegram.media.ts';
import { sendTelegramRich } from './telegram.rich.ts';

/** The credential field's name, in the form and in Credentials. */
export const TOKEN_FIELD = 'telegramToken';

/** Telegram's sending side. A token never appears in what is returned or thrown. */
export function telegramAdapter(server: TelegramServer): ChannelAdapter {
  const api = (token = '') => apiFor(server, token);

  return {
    kind: 'telegram',
    credentialFields: [
      {
        name: TOKEN_FIELD,
        labelKey: 'connections.field.telegramToken',
        helpKey: 'connections.help.telegramToken',
        secret: true,
        pattern: TOKEN_PATTERN,
      },
    ],
    defaults: {},
    // Source: https://core.telegram.org/bots/api#sendmessage (1-4096 characters after entities parsing; seen 2026-08).
    // It does not say which characters; UTF-16 units are the stricter reading.
    textLimit: { max: 4_096, unit: 'utf16' },
    replyWindowMs: null,
    // Source: https://core.telegram.org/bots/api#sendchataction (5 seconds or less; seen 2026-08).
    typingMs: 5_000,
    marksRead: false,

    accountIdOf: ({ [TOKEN_FIELD]: token = '' }) => botIdOf(token),

    check: ({ [TOKEN_FIELD]: token }) =>
      api(token)
        .getMe()
        .then(
          (me) => ({ ok: true as const, accountId: String(me.id), displayName: me.first_name, username: me.username }),
          failureOf,
        ),

    async sendText({ [TOKEN_FIELD]: token }, chatId, text): Promise<Sent> {
      const sent = ({ message_id }: { message_id: number }): Sent => ({ ok: true, externalId: String(message_id) });
      return api(token)
        .sendMessage(chatId, toTelegramHtml(text), { parse_mode: 'HTML' })
        .catch((error) => {
          if (!isEntitiesError(error)) throw error;
          return api(token).sendMessage(chatId, text);
        })
        .then(sent, failureOf);
    },

    // Source: https://core.telegram.org/bots/api#sendphoto (caption 0-1024 characters after entities parsing; seen 2026-11).
    // How long a button's label may be it does not say; our own form's limit is far below what was seen to work.
    parts: {
      caption: { max: 1_024, unit: 'utf16' },
      button: { text: { max: 4_096, unit: 'utf16' }, maxLabel: 64 },
    },
    sendRich: ({ [TOKEN_FIELD]: token }, chatId, message) => sendTelegramRich(server, token ?? '', chatId, message),

    async showTyping({ [TOKEN_FIELD]: token }, chatId) {
      await api(token)
        .sendChatAction(chatId, 'typing')
        .catch(() => {});
    },

    // Bots read everything; customers see no mark of it.
    async markRead() {},

    fetchMedia: ({ [TOKEN_FIELD]: token = '' }, fileId, maxBytes) => fetchTelegramFile(server, token, fileId, maxBytes),
  };
}
