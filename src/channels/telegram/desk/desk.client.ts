import { InputFile } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
import type { InlineMedia, MessageKind } from '#core/message.ts';
import type { PeerFailure } from '../../channel.ts';
import { apiFor, type TelegramServer } from '../telegram.api.ts';
import { failureOf, isUnchangedError } from '../telegram.failure.ts';

export type DeskButton = { label: string; data: string } | { label: string; url: string };

export interface DeskText {
  /** Telegram's HTML; what comes from people is escaped. */
  html: string;
  buttons?: DeskButton[][];
  replyTo?: number | null;
  silent?: boolean;
  /** Opens the reply field, with these words in it. */
  asksFor?: string | null;
}

export interface DeskFile {
  kind: MessageKind;
  media: InlineMedia;
  name: string;
}

export type DeskSent = { ok: true; messageId: number } | PeerFailure;

const UPLOAD_TIMEOUT_MS = 30_000;
const PLAIN = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const;

/** The calls of a desk. A token never appears in what is returned or thrown. */
export function createDeskClient(server: TelegramServer) {
  return {
    send: (token: string, chatId: string, { html, buttons = [], replyTo = null, silent, asksFor }: DeskText): Promise<DeskSent> =>
      apiFor(server, token)
        .sendMessage(chatId, html, {
          ...PLAIN,
          ...(silent && { disable_notification: true }),
          ...(replyTo !== null && { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true } }),
          ...(buttons.length > 0 && { reply_markup: keyboardOf(buttons) }),
          ...(asksFor && { reply_markup: { force_reply: true as const, input_field_placeholder: asksFor } }),
        })
        .then(({ message_id }) => ({ ok: true as const, messageId: message_id }), failureOf),

    /** A customer's file, under the message that tells of it. What Telegram does not take in its own form goes as a document. */
    async sendFile(token: string, chatId: string, { kind, media, name }: DeskFile, replyTo: number): Promise<DeskSent> {
      const api = apiFor({ ...server, timeoutMs: UPLOAD_TIMEOUT_MS }, token);
      const file = () => new InputFile(Buffer.from(media.base64, 'base64'), name);
      const under = { reply_parameters: { message_id: replyTo, allow_sending_without_reply: true }, disable_notification: true };
      const document = () => api.sendDocument(chatId, file(), under);
      const sent = (): Promise<{ message_id: number }> => {
        if (kind === 'photo') return api.sendPhoto(chatId, file(), under).catch(document);
        if (kind === 'voice') return api.sendVoice(chatId, file(), under).catch(document);
        return document();
      };
      return sent().then(({ message_id }) => ({ ok: true as const, messageId: message_id }), failureOf);
    },

    /** Changing nothing counts as done. */
    edit: (
      token: string,
      chatId: string,
      messageId: number,
      { html, buttons = [] }: DeskText,
    ): Promise<{ ok: true } | PeerFailure> =>
      apiFor(server, token)
        .editMessageText(chatId, messageId, html, { ...PLAIN, reply_markup: keyboardOf(buttons) })
        .then(
          () => ({ ok: true as const }),
          (error) => (isUnchangedError(error) ? { ok: true as const } : failureOf(error)),
        ),

    /** Ends the button's spinner. Telegram forgets a press after a while, so failures are ignored. */
    async answerPress(token: string, pressId: string, words: string | null, { alert = false } = {}): Promise<void> {
      const answer = words === null ? {} : { text: words.slice(0, MAX_ALERT_CHARS), show_alert: alert };
      await apiFor(server, token)
        .answerCallbackQuery(pressId, answer)
        .catch(() => {});
    },
  };
}

export type DeskClient = ReturnType<typeof createDeskClient>;

// Source: https://core.telegram.org/bots/api#answercallbackquery (0-200 characters; seen 2026-11).
const MAX_ALERT_CHARS = 200;

const keyboardOf = (rows: DeskButton[][]): InlineKeyboardMarkup => ({
  inline_keyboard: rows.map((row) =>
    row.map((button) =>
      'url' in button ? { text: button.label, url: button.url } : { text: button.label, callback_data: button.data },
    ),
  ),
});
