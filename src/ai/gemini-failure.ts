import { z } from 'zod';
import type { AiFailureReason } from '#core/reasons.ts';

export interface AiFailure {
  ok: false;
  reason: AiFailureReason;
  retryAfterMs?: number;
  /** When the model was asked and its answer is of no use. */
  usage?: { promptTokens: number; answerTokens: number };
}

export interface GoogleRefusal {
  status: number | undefined;
  message: string;
  details: unknown;
}

/** How long a failure that only the operator can fix is not retried. */
const OPERATOR_PAUSE_MS = 60_000;
const QUOTA_FAILURE = 'type.googleapis.com/google.rpc.QuotaFailure';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const detail = z.object({
  '@type': z.string().optional(),
  reason: z.string().optional(),
  retryDelay: z.string().optional(),
  violations: z.array(z.object({ quotaId: z.string().optional(), quotaValue: z.string().optional() })).optional(),
});
// Google's texts (platform-facts 4; google-gemini/gemini-cli#24641; u14app/neo-chat#7). Keys without billing get a location error
// in some countries, so a text that names both is about billing.
const NEEDS_BILLING = /billing account|requires billing|enable billing|billing to be enabled|billing (?:is )?disabled/i;
const NO_CREDITS =
  /prepa(?:yment|id) credits?|credits? (?:are|is|has been|have been) depleted|credit balance|spend(?:ing)? (?:cap|limit)/i;
const WRONG_LOCATION = /user location is not supported/i;
const GONE = /models?\b.{0,80}\b(?:no longer available|has been (?:shut down|retired|deprecated)|is not found)/i;
const WRONG_KEY = /api[ _]key (?:not valid|expired|not found|is invalid)/i;
type Detail = z.output<typeof detail>;

/** Never throws: an unreadable refusal is `rejected`. */
export function failureOfRefusal({ status = 0, message, details }: GoogleRefusal): AiFailure {
  const known = z.array(detail.catch({})).catch([]).parse(details);
  if (NO_CREDITS.test(message)) return { ok: false, reason: 'credits_depleted', retryAfterMs: OPERATOR_PAUSE_MS };
  if (NEEDS_BILLING.test(message)) return { ok: false, reason: 'billing_required', retryAfterMs: OPERATOR_PAUSE_MS };
  if (status === 400 && WRONG_LOCATION.test(message)) {
    return { ok: false, reason: 'location_refused', retryAfterMs: OPERATOR_PAUSE_MS };
  }
  if (status === 429) return quotaFailure(message, known);
  // Some answer 400 for a model that is shut down.
  if (status === 400 && GONE.test(message)) return { ok: false, reason: 'model_retired' };
  if (status === 404) return { ok: false, reason: 'model_retired' };
  // 403 is a key that is blocked, leaked or not allowed to use this API.
  if (status === 401 || status === 403) return { ok: false, reason: 'bad_key' };
  if (status === 400 && (known.some(({ reason }) => reason === 'API_KEY_INVALID') || WRONG_KEY.test(message)))
    return { ok: false, reason: 'bad_key' };
  if (status >= 500) return { ok: false, reason: 'overloaded' };
  return { ok: false, reason: 'rejected' };
}

/** All three are 429: a limit per minute, a limit per day, and a limit of 0 (no access). The quota's id and value differ. */
function quotaFailure(message: string, details: Detail[]): AiFailure {
  const violations = details.filter((one) => one['@type'] === QUOTA_FAILURE).flatMap((one) => one.violations ?? []);
  const hopeless = /\blimit: 0\b/.test(message) || violations.some(({ quotaValue }) => quotaValue === '0');
  if (hopeless || violations.some(({ quotaId }) => quotaId?.includes('PerDay'))) return { ok: false, reason: 'daily_limit' };
  const retryAfterMs = durationMs(details.find((one) => one['@type'] === RETRY_INFO)?.retryDelay);
  return { ok: false, reason: 'rate_limited', ...(retryAfterMs !== null && { retryAfterMs }) };
}

function durationMs(text: string | undefined): number | null {
  const seconds = text?.match(/^(\d+(?:\.\d+)?)s$/)?.[1];
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1000);
}
