import { InputFile } from 'grammy';
import type { Photo, RichMessage, RichSent } from '../channel.ts';
import { apiFor, type TelegramServer } from './telegram.api.ts';
import { failureOf, isEntitiesError, isPhotoError } from './telegram.failure.ts';
import { toTelegramHtml } from './telegram.format.ts';

/** For the one call that carries the photo itself. */
const UPLOAD_TIMEOUT_MS = 30_000;

interface Answer {
  message_id: number;
  photo?: { file_id: string }[];
}

/**
 * A message with a photo, a button or both. The photo's bytes go out with the first message only: what Telegram then calls
 * it is its handle. Source: https://core.telegram.org/bots/api#sending-files (seen 2026-11).
 */
export async function sendTelegramRich(
  server: TelegramServer,
  token: string,
  chatId: string,
  { text, photo, button }: RichMessage,
): Promise<RichSent> {
  const uploads = photo !== null && photo.handle === null;
  const api = apiFor(uploads ? { ...server, timeoutMs: UPLOAD_TIMEOUT_MS } : server, token);
  const file = photo && (await fileOf(photo));
  const more = button ? { reply_markup: { inline_keyboard: [[{ text: button.label, url: button.url }]] } } : {};
  const send = (words: string, markup: { parse_mode?: 'HTML' }): Promise<Answer> =>
    file
      ? api.sendPhoto(chatId, file, { ...(words && { caption: words }), ...markup, ...more })
      : api.sendMessage(chatId, words, { ...markup, ...more });
  return send(toTelegramHtml(text), { parse_mode: 'HTML' })
    .catch((error) => {
      if (!isEntitiesError(error)) throw error;
      return send(text, {});
    })
    .then(
      ({ message_id, photo: sizes }) => {
        const photoHandle = uploads ? sizes?.at(-1)?.file_id : undefined;
        return { ok: true as const, externalId: String(message_id), ...(photoHandle && { photoHandle }) };
      },
      (error) => (isPhotoError(error) ? { ok: false as const, reason: 'photo_refused' as const } : failureOf(error)),
    );
}

const fileOf = async ({ handle, content, type }: Photo): Promise<string | InputFile> =>
  handle ?? new InputFile(await content(), type === 'image/png' ? 'photo.png' : 'photo.jpg');
