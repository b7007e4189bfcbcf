import { z } from 'zod';
import type { AiFailureReason } from '#core/reasons.ts';

/** The AI did not answer. An expected event, so a value. */
export interface AiFailure {
  ok: false;
  reason: AiFailureReason;
  /** How long Google told us to wait. */
  retryAfterMs?: number;
}

/** What Google said when it refused a request. */
export interface GoogleRefusal {
  status: number | undefined;
  message: string;
  details: unknown;
}

const QUOTA_FAILURE = 'type.googleapis.com/google.rpc.QuotaFailure';
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const detail = z.object({
  '@type': z.string().optional(),
  reason: z.string().optional(),
  retryDelay: z.string().optional(),
  violations: z.array(z.object({ quotaId: z.string().optional(), quotaValue: z.string().optional() })).optional(),
});
type Detail = z.output<typeof detail>;

/** Google's error codes in our words. Never throws: what it cannot read is `rejected`. */
export function failureOfRefusal({ status = 0, message, details }: GoogleRefusal): AiFailure {
  const known = z.array(detail.catch({})).catch([]).parse(details);
  if (status === 429) return quotaFailure(message, known);
  if (status === 404) return { ok: false, reason: 'model_retired' };
  // 403 is a key that is blocked, leaked or not allowed to use this API.
  if (status === 401 || status === 403) return { ok: false, reason: 'bad_key' };
  if (status === 400 && known.some(({ reason }) => reason === 'API_KEY_INVALID')) return { ok: false, reason: 'bad_key' };
  if (status >= 500) return { ok: false, reason: 'overloaded' };
  return { ok: false, reason: 'rejected' };
}

/**
 * A limit per minute passes in seconds, one per day not before tomorrow, and a limit of 0 means that the key's project may
 * not use the model at all. All three are 429; the quota's id and value tell them apart.
 */
function quotaFailure(message: string, details: Detail[]): AiFailure {
  const violations = details.filter((one) => one['@type'] === QUOTA_FAILURE).flatMap((one) => one.violations ?? []);
  const hopeless = /\blimit: 0\b/.test(message) || violations.some(({ quotaValue }) => quotaValue === '0');
  if (hopeless || violations.some(({ quotaId }) => quotaId?.includes('PerDay'))) return { ok: false, reason: 'daily_limit' };
  const retryAfterMs = durationMs(details.find((one) => one['@type'] === RETRY_INFO)?.retryDelay);
  return { ok: false, reason: 'rate_limited', ...(retryAfterMs !== null && { retryAfterMs }) };
}

/** A protobuf Duration in JSON: "31s", "0.5s". */
function durationMs(text: string | undefined): number | null {
  const seconds = text?.match(/^(\d+(?:\.\d+)?)s$/)?.[1];
  return seconds === undefined ? null : Math.ceil(Number(seconds) * 1000);
}
