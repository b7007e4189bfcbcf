import { type Api, InputFile } from 'grammy';
import type { Place } from '#core/message.ts';
import type { ReplyFileKind } from '#core/reply-file.ts';
import type { OutgoingFile, Sent } from '../channel.ts';
import { apiFor, type TelegramServer } from './telegram.api.ts';
import { failureIn, isFileError } from './telegram.failure.ts';
import { type Placed, placed, withoutGoneThread } from './telegram.place.ts';

const UPLOAD_TIMEOUT_MS = 60_000;

type More = Placed & { caption?: string };
type Send = (api: Api, chatId: string, file: string | InputFile, more: More) => Promise<{ message_id: number }>;

const SENDS: Record<ReplyFileKind, Send> = {
  photo: (api, chatId, file, more) => api.sendPhoto(chatId, file, more),
  voice: (api, chatId, file, more) => api.sendVoice(chatId, file, more),
  audio: (api, chatId, file, more) => api.sendAudio(chatId, file, more),
  document: (api, chatId, file, more) => api.sendDocument(chatId, file, more),
};

/** By its id where the same bot has it; else its bytes. */
export function sendTelegramFile(
  server: TelegramServer,
  token: string,
  { chatId, place }: { chatId: string; place: Place | undefined },
  { kind, name, from }: OutgoingFile,
  caption: string,
): Promise<Sent> {
  const uploads = 'content' in from;
  const api = apiFor(uploads ? { ...server, timeoutMs: UPLOAD_TIMEOUT_MS } : server, token);
  const given = 'handle' in from ? from.handle : 'publicUrl' in from ? from.publicUrl : null;
  const send = (more: More) =>
    SENDS[kind](api, chatId, given ?? new InputFile('content' in from ? from.content : Buffer.alloc(0), name), more);
  return withoutGoneThread({ ...(caption && { caption }), ...placed(place) }, send).then(
    ({ message_id }) => ({ ok: true as const, externalId: String(message_id) }),
    (error) => (isFileError(error) ? { ok: false as const, reason: 'file_refused' as const } : failureIn(chatId)(error)),
  );
}
