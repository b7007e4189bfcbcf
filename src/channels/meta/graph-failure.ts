import type { PeerFailureReason } from '#core/reasons.ts';
import type { PeerFailure } from '../channel.ts';
import { numberOf, objectOf } from './json.ts';

// Sources: META whatsapp/support/error-codes; messenger-platform/error-codes; graph-api/guides/error-handling (2026-11).
const REASONS: Record<number, PeerFailureReason> = {
  1: 'unreachable',
  2: 'unreachable',
  3: 'not_permitted',
  4: 'rate_limited',
  10: 'not_permitted',
  17: 'rate_limited',
  32: 'rate_limited',
  102: 'token_revoked',
  190: 'token_revoked',
  368: 'account_restricted',
  551: 'blocked_by_customer',
  613: 'rate_limited',
  80002: 'rate_limited',
  80006: 'rate_limited',
  80007: 'rate_limited',
  130429: 'rate_limited',
  130472: 'undeliverable',
  130497: 'account_restricted',
  131000: 'unreachable',
  131005: 'not_permitted',
  131016: 'unreachable',
  131026: 'undeliverable',
  131030: 'not_in_test_list',
  131031: 'account_restricted',
  131037: 'display_name_refused',
  131042: 'payment_required',
  131044: 'payment_required',
  131045: 'registration_broken',
  131047: 'window_closed',
  131048: 'account_restricted',
  131049: 'marketing_limited',
  131050: 'opted_out',
  131056: 'pair_limited',
  131062: 'user_id_refused',
  131063: 'marketing_refused',
  131064: 'marketing_refused',
  131052: 'file_refused',
  131053: 'file_refused',
  132000: 'template_parameters',
  132001: 'template_missing',
  132005: 'template_refused',
  132007: 'template_refused',
  132012: 'template_parameters',
  132015: 'template_paused',
  132016: 'template_missing',
  132018: 'template_parameters',
  133004: 'unreachable',
  133010: 'not_registered',
};
const SUBCODES: Record<number, PeerFailureReason> = {
  // The photo's address could not be fetched.
  2018047: 'photo_refused',
  // Outside the 24 hours: Messenger's code and Instagram's.
  2018065: 'window_closed',
  2018278: 'window_closed',
  2534022: 'window_closed',
  2534001: 'chat_gone',
  2534014: 'chat_gone',
  2018001: 'chat_gone',
  // The customer takes no messages from the business.
  2018108: 'blocked_by_customer',
  1545041: 'blocked_by_customer',
  // Only people with a role in the app may be written to (instagram_business_manage_messages).
  2534048: 'no_advanced_access',
  // Another app has taken the chat (chatwoot#6550).
  2534037: 'chat_of_other_app',
};
const isPermission = (code: number): boolean => code >= 200 && code <= 299;

const WAIT_MS: Record<number, number> = {
  130429: 2_000,
  4: 60_000,
  17: 60_000,
  32: 60_000,
  613: 30_000,
  80002: 60_000,
  80006: 60_000,
  80007: 60_000,
};

export function reasonOf(code: number, subcode = 0): PeerFailureReason {
  return SUBCODES[subcode] ?? REASONS[code] ?? (isPermission(code) ? 'not_permitted' : 'rejected');
}

/** Ignores Meta's text, which may repeat what was sent. */
export function failureOf({
  status,
  body,
  retryAfterSeconds,
}: {
  status: number;
  body: unknown;
  retryAfterSeconds: number | null;
}): PeerFailure {
  const error = objectOf(objectOf(body)['error']);
  const code = numberOf(error['code']);
  const known = code === undefined ? 'rejected' : reasonOf(code, numberOf(error['error_subcode']));
  const reason = known === 'rejected' ? byStatus(status, error['is_transient'] === true) : known;
  if (reason !== 'rate_limited') return { ok: false, reason };
  const waitMs = retryAfterSeconds === null ? WAIT_MS[code ?? 0] : retryAfterSeconds * 1_000;
  return { ok: false, reason, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
}

function byStatus(status: number, transient: boolean): PeerFailureReason {
  if (status === 401) return 'token_revoked';
  if (status === 429) return 'rate_limited';
  return transient || status >= 500 ? 'unreachable' : 'rejected';
}
