import { GrammyError } from 'grammy';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import { type BotInfo, introduce, knownBot, openToken, startedByOwner } from '../polling/bring-up.ts';
import type { PolledConnection, PolledConnectionDeps } from '../polling/polled-connection.ts';
import type { HeldConnection } from '../polling/polling-store.ts';
import { createStateReporter } from '../polling/state-reporter.ts';
import { backoffMs, pause } from '../polling/timing.ts';
import { apiFor } from '../telegram.api.ts';
import { failureOf } from '../telegram.failure.ts';
import { ensureWebhook, removeOwnWebhook, webhookPath } from './webhook-registration.ts';

export interface WebhookSettings {
  publicUrl: string;
  secretOf: (connectionId: string) => string;
  checkMs?: number;
}

const CHECK_MS = 60_000;
const CALL_TIMEOUT_MS = 5_000;
const REMOVE_TIMEOUT_MS = 3_000;

// The operator mends the server's address.
const MENDS_ITSELF: readonly ConnectionFailureReason[] = ['unreachable', 'webhook_failing', 'webhook_refused'];

/** The webhook stays when the process ends, so that a call can wake a sleeping host. Stopping the bot removes it. */
export function runWebhookConnection(
  deps: PolledConnectionDeps & { webhook: WebhookSettings },
  held: HeldConnection,
): PolledConnection {
  const stopping = new AbortController();
  const { signal } = stopping;
  const { apiRoot, times, startLimit, webhook } = deps;
  const token = openToken(deps, held);
  let givenUp = false;

  const report = createStateReporter({
    current: { state: held.state, reason: held.failureReason },
    write: (state) => deps.report({ connectionId: held.id, epoch: held.epoch, tokenVersion: held.tokenVersion, ...state }),
    signal,
  });
  function fail(reason: ConnectionFailureReason, retryInMs: number | null, detail: string | null = null): void {
    givenUp = retryInMs === null;
    // A refused token and another service's webhook need the owner.
    const mendsItself = MENDS_ITSELF.includes(reason);
    report({ state: mendsItself ? 'PENDING' : 'FAILED', reason, retryInMs, detail });
  }

  async function run(): Promise<void> {
    // S77 (wrong key): the operator's fault changes no connection.
    givenUp = token === undefined;
    if (token === undefined) return;
    if (token === null) return fail('rejected', null);
    const asked = { apiRoot, token, removeWebhook: false, times, startLimit, signal, onFailure: fail };
    const me = knownBot(held) ?? (await introduce(asked));
    if (me && !held.proven && !(await deps.store.prove(held))) return fail('claimed_elsewhere', null);
    if (me) await keepSet(token, me);
    if (!signal.aborted && !givenUp) deps.onLost(held);
  }

  async function keepSet(token: string, me: BotInfo): Promise<void> {
    let force = startedByOwner(held);
    let failures = 0;
    while (!signal.aborted && !givenUp && deps.mayPoll(held.id)) {
      const state = await look(token, force);
      if (signal.aborted) return;
      failures = !state.ok && (state.reason === 'unreachable' || state.reason === 'webhook_refused') ? failures + 1 : 0;
      const waitMs =
        failures > 0
          ? ('retryAfterMs' in state && state.retryAfterMs) || backoffMs(failures, times, Math.random())
          : (webhook.checkMs ?? CHECK_MS) * (0.8 + Math.random() * 0.4);
      if (state.ok) {
        force = false;
        report({ state: 'ACTIVE', reason: null, retryInMs: null, account: { displayName: me.name, username: me.username } });
      } else {
        const final = state.reason === 'token_revoked' || state.reason === 'rejected';
        fail(state.reason, final ? null : waitMs, 'detail' in state ? (state.detail ?? null) : null);
      }
      if (!givenUp) await pause(waitMs, signal);
    }
  }

  async function look(token: string, force: boolean) {
    const release = await startLimit.take();
    const api = apiFor({ apiRoot, timeoutMs: CALL_TIMEOUT_MS }, token);
    const { publicUrl, secretOf } = webhook;
    const wanted = { connectionId: held.id, url: publicUrl + webhookPath(held.id), secret: secretOf(held.id), force };
    return ensureWebhook(api, wanted, signal)
      .catch((error: unknown) => failureInOurWords(error))
      .finally(release);
  }

  const done = run().catch((err: unknown) => {
    deps.logger.error({ err, connectionId: held.id }, 'telegram: a connection ended unexpectedly');
    deps.onLost(held);
  });
  return {
    held,
    async stop({ remove = false } = {}) {
      stopping.abort();
      await done;
      if (!remove || !token || !deps.mayPoll(held.id)) return;
      await removeOwnWebhook(apiFor({ apiRoot, timeoutMs: REMOVE_TIMEOUT_MS }, token), held.id).catch(() =>
        deps.logger.warn({ connectionId: held.id }, 'telegram: the webhook could not be removed; calls to it are refused'),
      );
    },
  };
}

function failureInOurWords(error: unknown): {
  ok: false;
  reason: ConnectionFailureReason;
  retryAfterMs?: number;
  detail?: string;
} {
  const { reason, retryAfterMs } = failureOf(error);
  if (reason === 'token_revoked') return { ok: false, reason };
  // The address is not https, has another port or is not resolvable.
  if (error instanceof GrammyError && error.error_code === 400)
    return { ok: false, reason: 'webhook_refused', detail: error.description };
  return { ok: false, reason: 'unreachable', ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
