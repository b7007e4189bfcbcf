import { randomUUID } from 'node:crypto';
import { type HaltReason, START_MESSAGES } from '#core/broadcast-state.ts';
import type { ChannelKind } from '#core/message.ts';
import { BROADCASTS_PER_SECOND } from '#core/plan-broadcast.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report, statement } from '#platform/db/statement.ts';
import { type AudienceParams, audienceParams, type ChannelRules } from './audience.repo.ts';
import type { BroadcastContent } from './broadcast.ts';

export interface OpenBroadcast extends Omit<BroadcastContent, 'scheduledAt'> {
  id: string;
  tenantId: string;
  botId: string;
  state: 'preparing' | 'sending';
  preparedTo: string | null;
  startChecked: boolean;
}

type DueBroadcast = Omit<OpenBroadcast, 'state'> & { state: 'scheduled' };

export interface Recipient {
  id: number;
  chatId: string;
  language: string;
  byTemplate: boolean;
}

export interface LaneConnection {
  id: string;
  tenantId: string;
  platform: ChannelKind;
  sealedSecrets: string;
}

interface ClaimRow {
  recipients: Recipient[];
  /** Null: the broadcast or the connection is stopped. */
  connection: LaneConnection | null;
  picked: number;
  moreQueued: boolean;
  /** Until the rate limit allows more. */
  waitMs: number;
}

export interface Claim extends ClaimRow {
  claim: string;
  /** Monotonic, from before the query. */
  askedAtMs: number;
}

/** `queued`: certainly not sent, to be sent later. */
export interface Settlement {
  id: number;
  claim: string;
  state: 'sent' | 'failed' | 'unconfirmed' | 'queued';
  reason: PeerFailureReason | null;
  externalId: string | null;
}

type Id = { id: string };
const at = import.meta.url;
const openBroadcasts = report<object, OpenBroadcast | DueBroadcast>(at, './statements/open-broadcasts.sql');
const beginDueBroadcasts = report<object>(at, './statements/begin-due-broadcasts.sql');
const prepareRecipients = report<
  AudienceParams & { id: string; botId: string; after: string; size: number },
  { preparedTo: string | null; looked: number }
>(at, './statements/prepare-broadcast-recipients.sql');
const beginBroadcast = report<Id & { monthLimit: number }, { state: 'sending' | 'halted' }>(
  at,
  './statements/begin-broadcast.sql',
);
const skipOrphans = report<Id>(at, './statements/skip-orphaned-recipients.sql');
const broadcastConnections = report<Id & { botId: string }, { id: string; platform: ChannelKind }>(
  at,
  './statements/broadcast-connections.sql',
);
const claimRecipients = statement<
  {
    id: string;
    connectionId: string;
    claim: string;
    slots: number;
    slotMs: number;
    lateMs: number;
    startMessages: number;
    windowMs: number | null;
    hasTemplate: boolean;
    takesTemplates: boolean;
  },
  ClaimRow
>(at, './statements/claim-recipients.sql');
const settleRecipients = statement<{
  ids: number[];
  claims: string[];
  states: string[];
  reasons: (string | null)[];
  externalIds: (string | null)[];
}>(at, './statements/settle-recipients.sql');
const lapseRecipients = report<{ afterMs: number }>(at, './statements/lapse-recipients.sql');
const touchRecipient = report<{ id: number; claim: string }, { id: number }>(at, './statements/touch-recipient.sql');
const pauseSendRate = report<{ connectionId: string; ms: number }>(at, './statements/pause-send-rate.sql');
const countStart = report<Id, { settled: number; failed: number }>(at, './statements/count-start.sql');
const haltBroadcast = report<Id & { reason: HaltReason }, Id>(at, './statements/halt-broadcast.sql');
const finishBroadcast = report<Id, Id>(at, './statements/finish-broadcast.sql');
const storeCounts = report<Id>(at, './statements/store-broadcast-counts.sql');

/** Few sends are reserved at once, so that processes share them and no second exceeds its number. */
const SLOTS = 5;
const SLOT_MS = Math.round(1_000 / BROADCASTS_PER_SECOND);
// Even so at most six claims of five fit in a second, and Telegram allows thirty messages.
const LATE_MS = 70;
const PREPARE_CUSTOMERS = 10_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

export function createSendingRepo({ database, rules }: { database: Database; rules: ChannelRules }) {
  const { prisma, sql } = database;

  return {
    /** Due broadcasts are opened first. One statement when nothing is due, because it runs every second. */
    async openAcrossTenants(): Promise<OpenBroadcast[]> {
      let rows = await openBroadcasts(sql, {});
      if (rows.some(({ state }) => state === 'scheduled')) {
        await beginDueBroadcasts(sql, {});
        rows = await openBroadcasts(sql, {});
      }
      return rows.filter((row) => row.state !== 'scheduled');
    },

    /** Null when another process does it, or the broadcast is stopped. */
    prepareAcrossTenants: (broadcast: OpenBroadcast): Promise<{ preparedTo: string | null; done: boolean } | null> =>
      database.inTransaction(async (tx) => {
        // JIT would compile as long as the statement runs.
        await tx.query('SET LOCAL jit = off');
        const { id, botId, preparedTo } = broadcast;
        const step = { id, botId, after: preparedTo ?? BEFORE_ALL, size: PREPARE_CUSTOMERS };
        const [row] = await prepareRecipients(tx, { ...audienceParams(rules, broadcast), ...step });
        return row ? { preparedTo: row.preparedTo, done: row.looked < PREPARE_CUSTOMERS } : null;
      }),

    beginAcrossTenants: async (id: string, monthLimit: number): Promise<'sending' | 'halted' | null> =>
      (await beginBroadcast(sql, { id, monthLimit }))[0]?.state ?? null,

    async lanesAcrossTenants({ id, botId }: OpenBroadcast): Promise<{ id: string; platform: ChannelKind }[]> {
      await skipOrphans(sql, { id });
      return broadcastConnections(sql, { id, botId });
    },

    async claimAcrossTenants(
      { id, template }: Pick<OpenBroadcast, 'id' | 'template'>,
      lane: { id: string; platform: ChannelKind },
    ): Promise<Claim> {
      const claim = randomUUID();
      const askedAtMs = performance.now();
      const takesTemplates = rules.templates.includes(lane.platform);
      const params = {
        id,
        connectionId: lane.id,
        claim,
        slots: SLOTS,
        slotMs: SLOT_MS,
        lateMs: LATE_MS,
        startMessages: START_MESSAGES,
        windowMs: rules.windowsMs[lane.platform] ?? null,
        hasTemplate: template !== null && takesTemplates,
        takesTemplates,
      };
      // A deletion locks the same rows in the opposite order.
      const [row] = await retryOnConflict(() => claimRecipients(sql, params));
      return { ...(row as ClaimRow), claim, askedAtMs };
    },

    async settleAcrossTenants(settlements: readonly Settlement[]): Promise<void> {
      const column = <K extends keyof Settlement>(key: K): Settlement[K][] => settlements.map((settlement) => settlement[key]);
      await settleRecipients(sql, {
        ids: column('id'),
        claims: column('claim'),
        states: column('state'),
        reasons: column('reason'),
        externalIds: column('externalId'),
      });
    },

    lapseAcrossTenants: (afterMs: number) => lapseRecipients(sql, { afterMs }),
    touchAcrossTenants: async (id: number, claim: string): Promise<boolean> =>
      (await touchRecipient(sql, { id, claim })).length === 1,
    pauseAcrossTenants: (connectionId: string, ms: number) => pauseSendRate(sql, { connectionId, ms }),

    startAcrossTenants: async (id: string): Promise<{ settled: number; failed: number }> =>
      (await countStart(sql, { id }))[0] as { settled: number; failed: number },
    startedWellAcrossTenants: (id: string) => prisma.broadcast.updateMany({ where: { id }, data: { startChecked: true } }),
    haltAcrossTenants: async (id: string, reason: HaltReason): Promise<boolean> =>
      (await haltBroadcast(sql, { id, reason })).length === 1,
    finishAcrossTenants: async (id: string): Promise<boolean> => (await finishBroadcast(sql, { id })).length === 1,
    storeCountsAcrossTenants: (id: string) => storeCounts(sql, { id }),
  };
}

export type SendingRepo = ReturnType<typeof createSendingRepo>;
