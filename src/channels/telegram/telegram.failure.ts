import { GrammyError, HttpError } from 'grammy';
import type { PeerFailure } from '../channel.ts';

// Descriptions of tdlib/telegram-bot-api (Client.cpp; seen 2026-08). They are no contract, so the default is safe.
const CHAT_GONE = /chat not found|user not found|PEER_ID_INVALID|chat was deleted|upgraded to a supergroup/i;
const UNCHANGED = /message is not modified/i;
const PHOTO = /IMAGE_PROCESS_FAILED|PHOTO_\w+|wrong file identifier|failed to get HTTP URL content|file is too big/i;
const BUTTONS = /BUTTON_|reply[ _]markup|keyboard/i;
const ENTITIES = /can't parse entities|can't find end/i;

/** A network failure may follow an accepted message. @throws errors without their cause: grammY's carry the token. */
export function failureOf(error: unknown): PeerFailure {
  if (error instanceof HttpError) return { ok: false, reason: 'unreachable' };
  if (!(error instanceof GrammyError))
    throw new Error(`telegram: unexpected ${error instanceof Error ? error.name : typeof error}`);
  const { error_code: code, description, parameters } = error;
  switch (code) {
    case 400:
      return { ok: false, reason: CHAT_GONE.test(description) ? 'chat_gone' : 'rejected' };
    // Telegram answers 404 to a malformed or deleted token.
    case 401:
    case 404:
      return { ok: false, reason: 'token_revoked' };
    case 403:
      return { ok: false, reason: 'blocked_by_customer' };
    case 429:
      return { ok: false, reason: 'rate_limited', retryAfterMs: (parameters.retry_after ?? 1) * 1_000 };
    default:
      return { ok: false, reason: code >= 500 ? 'unreachable' : 'rejected' };
  }
}

// What a group answers a bot that may not write there. A topic may be closed. Source: Client.cpp and TDLib's errors (2026-11).
const NOT_ALLOWED =
  /not enough rights|have no rights|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|TOPIC_CLOSED|need administrator rights/i;

/** A group's failures are the group's own: they say nothing about a person or about other chats. Groups have negative ids. */
export const failureIn =
  (chatId: string) =>
  (error: unknown): PeerFailure => {
    const failure = failureOf(error);
    if (!chatId.startsWith('-') || !(error instanceof GrammyError)) return failure;
    const { error_code: code, description, parameters } = error;
    if (parameters.migrate_to_chat_id !== undefined)
      return { ok: false, reason: 'chat_gone', movedTo: String(parameters.migrate_to_chat_id) };
    if (code === 403 || (code === 400 && NOT_ALLOWED.test(description))) return { ok: false, reason: 'group_refused' };
    return failure.reason === 'rate_limited' ? { ...failure, ofChat: true } : failure;
  };

export const isThreadError = (error: unknown): boolean =>
  error instanceof GrammyError && error.error_code === 400 && /thread not found|TOPIC_DELETED/i.test(error.description);

export const isEntitiesError = (error: unknown): boolean =>
  error instanceof GrammyError && error.error_code === 400 && ENTITIES.test(error.description);

export const isUnchangedError = (error: unknown): boolean =>
  error instanceof GrammyError && error.error_code === 400 && UNCHANGED.test(error.description);

export const isButtonError = (error: unknown): boolean =>
  error instanceof GrammyError && error.error_code === 400 && BUTTONS.test(error.description);

// Source: tdlib/telegram-bot-api Client.cpp, and the words of Telegram's own refusals (2026-11).
const FILE = /wrong (?:remote )?file|file must be non-empty|VOICE_MESSAGES_FORBIDDEN|can't use file of type|_INVALID$/i;

export const isFileError = (error: unknown): boolean =>
  isPhotoError(error) || (error instanceof GrammyError && error.error_code === 400 && FILE.test(error.description));

export const isPhotoError = (error: unknown): boolean =>
  error instanceof GrammyError && (error.error_code === 413 || (error.error_code === 400 && PHOTO.test(error.description)));
