import type { ConnectionFailureReason } from '#core/reasons.ts';
import { UnknownKeyError } from '#platform/crypto/seal.ts';
import type { Logger } from '#platform/logger.ts';
import type { Credentials } from '../../channel.ts';
import { apiFor, TOKEN_FIELD } from '../telegram.api.ts';
import { failureOf } from '../telegram.failure.ts';
import type { HeldConnection } from './polling-store.ts';
import { backoffMs, type PollingTimes, pause, type TimedSemaphore } from './timing.ts';

export interface BotInfo {
  id: number;
  username: string;
  name: string;
}

export interface IntroductionOptions {
  apiRoot: string;
  token: string;
  /** The owner just pressed start, so another program's webhook is removed. */
  removeWebhook: boolean;
  times: PollingTimes;
  startLimit: TimedSemaphore;
  signal: AbortSignal;
  onFailure: (reason: ConnectionFailureReason, retryInMs: number | null) => void;
}

const CALL_TIMEOUT_MS = 5_000;

/** Null when Telegram refuses the token or the signal is aborted. */
export async function introduce(options: IntroductionOptions): Promise<BotInfo | null> {
  const { startLimit, signal, times, onFailure } = options;
  for (let failures = 1; !signal.aborted; failures += 1) {
    const release = await startLimit.take();
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
  // grammY's signal type lacks the newer methods and uses none of them.
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

export interface OpenTokenDeps {
  openCredentials: (connection: { id: string; tenantId: string; sealedSecrets: string }) => Credentials;
  logger: Logger;
}

/** Null when the stored token is unusable, undefined when its key is missing, which only the operator can fix. */
export function openToken(
  { openCredentials, logger }: OpenTokenDeps,
  connection: { id: string; tenantId: string; sealedSecrets: string },
): string | null | undefined {
  try {
    return openCredentials(connection)[TOKEN_FIELD] ?? null;
  } catch (error) {
    logger.error({ connectionId: connection.id }, 'telegram: the stored token cannot be opened; was ENCRYPTION_KEY changed?');
    return error instanceof UnknownKeyError ? undefined : null;
  }
}

/** A known identity saves one call at every start of the process. */
export const knownBot = ({ state, accountId, username, displayName }: HeldConnection): BotInfo | null =>
  state === 'ACTIVE' && username ? { id: Number(accountId), username, name: displayName ?? username } : null;

/** A first connection that had to wait for Telegram counts too. */
export const startedByOwner = ({ state, startedAtMs, username }: HeldConnection): boolean =>
  state === 'PENDING' && (startedAtMs !== null || username === null);
