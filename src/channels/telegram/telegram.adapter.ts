import type { ChannelClient, Sent } from '../channel.ts';
import { apiFor, type TelegramServer, TOKEN_FIELD } from './telegram.api.ts';
import { failureOf, isEntitiesError } from './telegram.failure.ts';
import { toTelegramHtml } from './telegram.format.ts';
import { fetchTelegramFile } from './telegram.media.ts';
import { sendTelegramRich } from './telegram.rich.ts';

/** The calls to the Telegram Bot API. A token never appears in what is returned or thrown. */
export function telegramClient(server: TelegramServer): ChannelClient {
  const api = (token = '') => apiFor(server, token);

  return {
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

    sendRich: ({ [TOKEN_FIELD]: token }, chatId, message) => sendTelegramRich(server, token ?? '', chatId, message),

    async showTyping({ [TOKEN_FIELD]: token }, chatId) {
      await api(token)
        .sendChatAction(chatId, 'typing')
        .catch(() => {});
    },

    // Telegram shows customers no read marks of bots.
    async markRead() {},

    fetchMedia: ({ [TOKEN_FIELD]: token = '' }, fileId, maxBytes) => fetchTelegramFile(server, token, fileId, maxBytes),
  };
}
