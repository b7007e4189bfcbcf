import type { SendPauses } from '#channels/send-pauses.ts';
import { type HaltReason, judgeStart } from '#core/broadcast-state.ts';
import type { ChannelKind } from '#core/message.ts';
import { isAboutTemplate, type PeerFailureReason } from '#core/reasons.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Logger } from '#platform/logger.ts';
import type { BroadcastSender, SendResult } from './send-broadcast.ts';
import type { Claim, LaneConnection, OpenBroadcast, Recipient, SendingRepo, Settlement } from './sending.repo.ts';

const BATCH = { spacingMs: 10, maxItems: 100 };
const TRIES = 20;
const RETRY_MS = 1_000;

/** Without the database it retries for 20 seconds, because an outcome that is not recorded becomes unconfirmed. */
function createSettler({ sending, logger }: { sending: Pick<SendingRepo, 'settleAcrossTenants'>; logger: Logger }) {
  async function flush(settlements: Settlement[]): Promise<undefined[]> {
    for (let tries = 1; ; tries++) {
      try {
        await sending.settleAcrossTenants(settlements);
        return [];
      } catch (error) {
        if (tries >= TRIES) throw error;
        logger.warn(error as Error, 'broadcast: what was sent could not be recorded, trying again');
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
  return createBatcher<Settlement, undefined>({ ...BATCH, flush }).add;
}

export interface DriverDeps {
  sending: SendingRepo;
  send: BroadcastSender;
  pauses: Pick<SendPauses, 'pause'>;
  onHalted: (broadcast: OpenBroadcast, reason: HaltReason) => Promise<void>;
  logger: Logger;
}

/** Concurrent calls to a platform, per connection. */
const MAX_IN_FLIGHT = 50;
const LOOK_AGAIN_MS = 100;
// Each try costs up to five recipients whose outcome is unknown, so an unreachable platform is left alone for this time.
const UNREACHABLE_PAUSE_MS = 10_000;
const MAX_UNREACHABLE = 20;
// Shorter than the time after which a claim lapses (run-broadcasts' CLAIM_MS).
const SURELY_OURS_MS = 10_000;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Several processes may send one broadcast at once: the database holds the claims and the rate limit. */
export function createLaneDriver({ sending, send, pauses, onHalted, logger }: DriverDeps) {
  const settle = createSettler({ sending, logger });
  let unreachable = 0;

  async function halt(broadcast: OpenBroadcast, reason: HaltReason): Promise<void> {
    if (await sending.haltAcrossTenants(broadcast.id, reason)) await onHalted(broadcast, reason);
  }

  async function judge(broadcast: OpenBroadcast): Promise<void> {
    if (broadcast.startChecked) return;
    const verdict = judgeStart(await sending.startAcrossTenants(broadcast.id));
    if (verdict === 'halt') await halt(broadcast, 'many_failures');
    if (verdict !== 'go_on') return;
    broadcast.startChecked = true;
    await sending.startedWellAcrossTenants(broadcast.id);
  }

  async function one(broadcast: OpenBroadcast, connection: LaneConnection, claimed: Claim, to: Recipient): Promise<void> {
    const { claim, askedAtMs } = claimed;
    const mayGoOn = (): Promise<boolean> => sending.touchAcrossTenants(to.id, claim);
    // After a suspension of this process the recipient may be unconfirmed or claimed by another process.
    if (performance.now() - askedAtMs > SURELY_OURS_MS && !(await mayGoOn())) return;
    const result = await send(connection, to, broadcast, mayGoOn).catch((err: Error): SendResult => {
      logger.error({ err, broadcast: broadcast.id }, 'broadcast: sending failed in a way we do not know');
      return { ok: false, reason: 'unreachable', someSent: true };
    });
    await settle({ id: to.id, claim, ...outcomeOf(result) });
    await afterwards(broadcast, connection, result);
    await judge(broadcast);
  }

  async function afterwards(broadcast: OpenBroadcast, connection: LaneConnection, result: SendResult): Promise<void> {
    unreachable = !result.ok && result.reason === 'unreachable' ? unreachable + 1 : 0;
    if (result.ok) return;
    if (result.reason === 'token_revoked') await halt(broadcast, 'token_revoked');
    // The other customers outside the window would fail in the same way.
    if (isAboutTemplate(result.reason)) {
      await halt(broadcast, result.reason === 'template_paused' ? 'template_paused' : 'template');
    }
    if (unreachable >= MAX_UNREACHABLE) await halt(broadcast, 'unreachable');
    if (result.retryAfterMs !== undefined) pauses.pause(connection.id, result.retryAfterMs);
    const waitMs = result.retryAfterMs ?? (result.reason === 'unreachable' ? UNREACHABLE_PAUSE_MS : 0);
    if (waitMs > 0) await sending.pauseAcrossTenants(connection.id, waitMs);
  }

  return async function drive(broadcast: OpenBroadcast, lane: { id: string; platform: ChannelKind }, stopping: () => boolean) {
    const inFlight = new Set<Promise<void>>();
    const begin = (claimed: Claim, connection: LaneConnection): void => {
      for (const row of claimed.recipients) {
        const done: Promise<void> = one(broadcast, connection, claimed, row)
          .catch((err: Error) => logger.warn(err, 'broadcast: a recipient could not be settled'))
          .finally(() => inFlight.delete(done));
        inFlight.add(done);
      }
    };
    try {
      while (!stopping()) {
        if (inFlight.size >= MAX_IN_FLIGHT) await Promise.race(inFlight);
        const found = await sending.claimAcrossTenants(broadcast, lane);
        if (!found.connection || (found.picked === 0 && !found.moreQueued)) return;
        begin(found, found.connection);
        await pause(found.picked === 0 ? LOOK_AGAIN_MS : Math.min(Math.max(found.waitMs, 5), 1_000));
      }
    } finally {
      await Promise.all(inFlight);
    }
  };
}

/** Temporary refusals that do not concern the customer. */
const WORTH_ANOTHER_TRY: readonly PeerFailureReason[] = ['rate_limited', 'pair_limited', 'token_revoked', 'template_paused'];

/** Only a message that was certainly not sent is sent again. */
function outcomeOf(result: SendResult): Pick<Settlement, 'state' | 'reason' | 'externalId'> {
  if (result.ok) return { state: 'sent', reason: null, externalId: result.externalId };
  const { reason, someSent } = result;
  const notSent = WORTH_ANOTHER_TRY.includes(reason) || (reason === 'unreachable' && result.notSent === true);
  if (notSent && !someSent) return { state: 'queued', reason: null, externalId: null };
  const unknown = reason === 'unreachable' || someSent;
  return { state: unknown ? 'unconfirmed' : 'failed', reason, externalId: null };
}
