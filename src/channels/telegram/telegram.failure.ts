import { GrammyError, HttpError } from 'grammy';
import type { PeerFailure } from '../channel.ts';

// Descriptions as tdlib/telegram-bot-api words them (Client.cpp; seen 2026-08). They are no contract, so the default is safe.
const CHAT_GONE = /chat not found|user not found|PEER_ID_INVALID|chat was deleted|upgraded to a supergroup/i;
const PHOTO = /IMAGE_PROCESS_FAILED|PHOTO_\w+|wrong file identifier|failed to get HTTP URL content|file is too big/i;
const ENTITIES = /can't parse entities|can't find end/i;

/**
 * Telegram's refusal in our words. A network failure may have come after the message was taken; the caller decides whether
 * to try again.
 * @throws what is none of Telegram's errors, without its cause: grammY's carry the token in the address.
 */
export function failureOf(error: unknown): PeerFailure {
  if (error instanceof HttpError) return { ok: false, reason: 'unreachable' };
  if (!(error instanceof GrammyError))
    throw new Error(`telegram: unexpected ${error instanceof Error ? error.name : typeof error}`);
  const { error_code: code, description, parameters } = error;
  switch (code) {
    case 400:
      return { ok: false, reason: CHAT_GONE.test(description) ? 'chat_gone' : 'rejected' };
    // 404 is what a malformed or deleted token gets.
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

/** Whether the markup, not the text, was refused. */
export const isEntitiesError = (error: unknown): boolean =>
  error instanceof GrammyError && error.error_code === 400 && ENTITIES.test(error.description);

/** Whether the photo was refused: broken, or of a size Telegram does not take. */
export const isPhotoError = (error: unknown): boolean =>
  error instanceof GrammyError && (error.error_code === 413 || (error.error_code === 400 && PHOTO.test(error.description)));
