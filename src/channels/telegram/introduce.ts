import type { ConnectionFailureReason } from '#core/reasons.ts';
import { backoffMs, type PollingTimes, pause } from './backoff.ts';
import type { Slots } from './start-slots.ts';
import { apiFor } from './telegram.api.ts';
import { failureOf } from './telegram.failure.ts';

export interface BotInfo {
  id: number;
  username: string;
  name: string;
}

export interface IntroductionOptions {
  apiRoot: string;
  token: string;
  /** The owner pressed start just now and means this program: a webhook of another one would keep it deaf. */
  removeWebhook: boolean;
  times: PollingTimes;
  slots: Slots;
  signal: AbortSignal;
  onFailure: (reason: ConnectionFailureReason, retryInMs: number | null) => void;
}

const CALL_TIMEOUT_MS = 5_000;

/** Asks Telegram who the bot is until it answers; null when it refuses the token or the signal is aborted. */
export async function introduce(options: IntroductionOptions): Promise<BotInfo | null> {
  const { slots, signal, times, onFailure } = options;
  for (let failures = 1; !signal.aborted; failures += 1) {
    const release = await slots.take();
    const answer = signal.aborted ? null : await ask(options).finally(release);
    release();
    if (!answer || signal.aborted) return null;
    if (answer.ok) return answer.me;
    if (answer.reason === 'token_revoked' || answer.reason === 'rejected') {
      onFailure(answer.reason, null);
      return null;
    }
    const waitMs = answer.retryAfterMs ?? backoffMs(failures, times, Math.random());
    onFailure('unreachable', waitMs);
    await pause(waitMs, signal);
  }
  return null;
}

async function ask({ apiRoot, token, removeWebhook, signal }: IntroductionOptions) {
  // grammY's own signal type lacks the newer methods and uses none of them.
  const ended = signal as never;
  const api = apiFor({ apiRoot, timeoutMs: CALL_TIMEOUT_MS }, token);
  try {
    const { id, username, first_name: name } = await api.getMe(ended);
    if (removeWebhook) await api.deleteWebhook({}, ended);
    return { ok: true as const, me: { id, username, name } };
  } catch (error) {
    return failureOf(error);
  }
}
