import { type Api, InputFile } from 'grammy';
import type { InlineKeyboardMarkup } from 'grammy/types';
import { type Choices, cutLabel } from '#core/choices.ts';
import { styledHtml } from '#core/words/styled-html.ts';
import type { ChannelClient, Photo, RichMessage, RichSent, SendOptions, Sent } from '../channel.ts';
import { apiFor, type TelegramServer, TOKEN_FIELD } from './telegram.api.ts';
import { failureIn, failureOf, isButtonError, isEntitiesError, isPhotoError } from './telegram.failure.ts';
import { sendTelegramFile } from './telegram.files.ts';
import { fetchTelegramFile } from './telegram.media.ts';
import { placed, threadOf, withoutGoneThread } from './telegram.place.ts';
import { introduce } from './telegram.profile.ts';

const UPLOAD_TIMEOUT_MS = 30_000;
// No limit is documented; a longer label does not fit a phone.
const MAX_LABEL = 60;

interface Answer {
  message_id: number;
  photo?: { file_id: string }[];
}

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

    sendText: ({ [TOKEN_FIELD]: token }, chatId, text, options) =>
      say(api(token), chatId, { text, ...options }).then(sentOf, failureIn(chatId)),

    sendChoices: ({ [TOKEN_FIELD]: token }, chatId, text, choices, options) =>
      say(api(token), chatId, wordsFor({ text, ...options }, choices), { reply_markup: keyboardOf(choices) })
        .catch((error) => {
          if (!isButtonError(error)) throw error;
          return say(api(token), chatId, { text, ...options });
        })
        .then(sentOf, failureIn(chatId)),

    sendRich: ({ [TOKEN_FIELD]: token }, chatId, message) => sendTelegramRich(server, token ?? '', chatId, message),

    sendFile: ({ [TOKEN_FIELD]: token = '' }, chatId, file, caption, place) =>
      sendTelegramFile(server, token, { chatId, place }, file, caption),

    async showTyping({ [TOKEN_FIELD]: token }, chatId, _externalId, place) {
      await api(token)
        .sendChatAction(chatId, 'typing', threadOf(place))
        .catch(() => {});
    },

    // Telegram shows customers no read marks of bots.
    async markRead() {},

    introduce: ({ [TOKEN_FIELD]: token }, profiles) => introduce(api(token), profiles),

    fetchMedia: ({ [TOKEN_FIELD]: token = '' }, fileId, maxBytes) => fetchTelegramFile(server, token, fileId, maxBytes),
  };
}

const sentOf = ({ message_id }: Answer): Sent => ({ ok: true, externalId: String(message_id) });

type Words = { text: string } & SendOptions;

/** Without styles in no parse mode, so that no character means anything. */
const say = (
  api: Api,
  chatId: string,
  { text, styles = [], place }: Words,
  more: { reply_markup?: InlineKeyboardMarkup } = {},
): Promise<Answer> =>
  withoutGoneThread({ ...more, ...placed(place) }, (where) => {
    if (styles.length === 0) return api.sendMessage(chatId, text, where);
    return api.sendMessage(chatId, styledHtml({ text, styles }), { parse_mode: 'HTML', ...where }).catch((error) => {
      if (!isEntitiesError(error)) throw error;
      return api.sendMessage(chatId, text, where);
    });
  });

// Source: https://core.telegram.org/bots/api#inlinekeyboardbutton (callback_data 1-64 bytes; seen 2026-11).
const keyboardOf = ({ items }: Choices): InlineKeyboardMarkup => ({
  inline_keyboard: items.map(({ id, label }) => [{ text: cutLabel(label, MAX_LABEL), callback_data: id }]),
});

/** Buttons that show everything need no list above them. */
const wordsFor = (words: Words, { items, lead }: Choices): Words =>
  lead !== undefined && items.every(({ label }) => label.length <= MAX_LABEL) ? { text: lead } : words;

// The first message uploads the photo. Source: https://core.telegram.org/bots/api#sending-files (seen 2026-11).
async function sendTelegramRich(
  server: TelegramServer,
  token: string,
  chatId: string,
  { text, photo, button }: RichMessage,
): Promise<RichSent> {
  const uploads = photo !== null && photo.handle === null;
  const api = apiFor(uploads ? { ...server, timeoutMs: UPLOAD_TIMEOUT_MS } : server, token);
  const file = photo && (await fileOf(photo));
  const more = button ? { reply_markup: { inline_keyboard: [[{ text: button.label, url: button.url }]] } } : {};
  const sent: Promise<Answer> = file
    ? api.sendPhoto(chatId, file, { ...(text && { caption: text }), ...more })
    : api.sendMessage(chatId, text, more);
  return sent.then(
    ({ message_id, photo: sizes }) => {
      const photoHandle = uploads ? sizes?.at(-1)?.file_id : undefined;
      return { ok: true as const, externalId: String(message_id), ...(photoHandle && { photoHandle }) };
    },
    (error) => (isPhotoError(error) ? { ok: false as const, reason: 'photo_refused' as const } : failureIn(chatId)(error)),
  );
}

const fileOf = async ({ handle, content, type }: Photo): Promise<string | InputFile> =>
  handle ?? new InputFile(await content(), type === 'image/png' ? 'photo.png' : 'photo.jpg');
