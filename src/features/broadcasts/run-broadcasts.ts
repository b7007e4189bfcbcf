import type { SendPauses } from '#channels/send-pauses.ts';
import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import type { HaltReason } from '#core/broadcast-state.ts';
import { MINUTE_MS } from '#core/durations.ts';
import { atMost } from '#platform/at-most.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import type { AudienceRepo } from './audience.repo.ts';
import { createLaneDriver } from './drive-broadcast.ts';
import type { BroadcastSender } from './send-broadcast.ts';
import type { OpenBroadcast, SendingRepo } from './sending.repo.ts';

export interface RunnerDeps {
  sending: SendingRepo;
  audience: Pick<AudienceRepo, 'month'>;
  send: BroadcastSender;
  pauses: Pick<SendPauses, 'pause'>;
  audit: AuditLog;
  notifications: Notifications;
  logger: Logger;
  /** On the embedded database no other process can be sending. */
  onlyProcess: boolean;
  tickMs?: number;
  /** After this time a claimed recipient belongs to a dead process. */
  claimMs?: number;
}

const STOP_MS = 8_000;
// Two calls of ten seconds, and the wait for an unavailable database.
const CLAIM_MS = MINUTE_MS;
const LAPSES_PER_CLAIM = 6;

/** All state is in the database, so any process continues where another one died. */
export function createBroadcastRunner(deps: RunnerDeps) {
  const { sending, audience, audit, logger, tickMs = 1_000, claimMs = CLAIM_MS } = deps;
  const driven = new Map<string, Promise<void>>();
  let timer: NodeJS.Timeout | undefined;
  let lapsedAtMs = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let stopping = false;

  const record = (broadcast: OpenBroadcast, action: AuditAction, rest?: { reason: HaltReason }): Promise<void> => {
    const { tenantId, botId, id } = broadcast;
    const details = { botId, ...rest };
    return audit.record({ tenantId, actorKind: 'system', action, targetType: 'broadcast', targetId: id, details });
  };
  const onHalted = async (broadcast: OpenBroadcast, reason: HaltReason): Promise<void> => {
    logger.warn({ broadcast: broadcast.id, reason }, 'broadcast: halted');
    await record(broadcast, 'broadcast.halted', { reason });
  };
  const drive = createLaneDriver({ sending, send: deps.send, pauses: deps.pauses, onHalted, logger });

  async function prepare(broadcast: OpenBroadcast): Promise<void> {
    while (!stopping) {
      const step = await sending.prepareAcrossTenants(broadcast);
      if (!step) return;
      broadcast.preparedTo = step.preparedTo;
      if (step.done) break;
    }
    if (stopping) return;
    const { limit } = await audience.month(broadcast.tenantId);
    const state = await sending.beginAcrossTenants(broadcast.id, limit);
    await sending.storeCountsAcrossTenants(broadcast.id);
    if (state === 'halted') await onHalted(broadcast, 'plan_limit');
    if (state === 'sending') await record(broadcast, 'broadcast.started');
    look();
  }

  async function sendAll(broadcast: OpenBroadcast): Promise<void> {
    const noting = setInterval(() => void sending.storeCountsAcrossTenants(broadcast.id).catch(() => {}), 2_000);
    try {
      const lanes = await sending.lanesAcrossTenants(broadcast);
      await Promise.all(lanes.map((lane) => drive(broadcast, lane, () => stopping)));
      const finished = await sending.finishAcrossTenants(broadcast.id);
      if (finished) await record(broadcast, 'broadcast.finished');
    } finally {
      clearInterval(noting);
      await sending.storeCountsAcrossTenants(broadcast.id);
    }
  }

  async function tick(): Promise<void> {
    if (performance.now() - lapsedAtMs > claimMs / LAPSES_PER_CLAIM) {
      lapsedAtMs = performance.now();
      await sending.lapseAcrossTenants(claimMs);
    }
    for (const broadcast of await sending.openAcrossTenants()) {
      const key = `${broadcast.id} ${broadcast.state}`;
      if (stopping || driven.has(key)) continue;
      const work = broadcast.state === 'preparing' ? prepare(broadcast) : sendAll(broadcast);
      const done = work
        .catch((err: Error) => logger.warn({ err, broadcast: broadcast.id }, 'broadcast: interrupted, going on soon'))
        .finally(() => driven.delete(key));
      driven.set(key, done);
    }
  }

  function look(): void {
    if (stopping) return;
    looking ??= tick()
      .catch((err: Error) => logger.warn(err, 'broadcasts could not be looked for, trying again'))
      .finally(() => {
        looking = null;
      });
  }

  return {
    async start(): Promise<void> {
      if (deps.onlyProcess) await sending.lapseAcrossTenants(0);
      deps.notifications.on('broadcasts', look);
      timer = setInterval(look, tickMs);
      look();
    },

    /** Waits up to 8 s for the outcome of messages in flight. */
    async stop(): Promise<void> {
      stopping = true;
      clearInterval(timer);
      const idle = async (): Promise<void> => {
        await looking;
        await Promise.all(driven.values());
      };
      await atMost(STOP_MS, idle());
    },
  };
}

export type BroadcastRunner = ReturnType<typeof createBroadcastRunner>;
