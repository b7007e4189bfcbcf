import { randomUUID } from 'node:crypto';
import type { HaltReason } from '#core/broadcast-state.ts';
import type { ChannelKind } from '#core/message.ts';
import { BROADCASTS_PER_SECOND } from '#core/plan-broadcast.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { type ChannelRules, rulesFor } from './audience.repo.ts';
import { BEGIN, PREPARE } from './audience.sql.ts';
import type { BroadcastContent } from './broadcasts.repo.ts';
import * as SQL from './sending.sql.ts';

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
  /** Outside the window: gets the approved template. */
  byTemplate: boolean;
}

export interface LaneConnection {
  id: string;
  tenantId: string;
  platform: ChannelKind;
  sealedSecrets: string;
}

export interface Claim {
  claim: string;
  /** Monotonic, before the database was asked. */
  askedAtMs: number;
  rows: Recipient[];
  /** Null: the broadcast or the connection is stopped. */
  connection: LaneConnection | null;
  picked: number;
  left: boolean;
  /** Until there are slots again. */
  waitMs: number;
}

/** What became of a recipient; `queued`: not sent for sure, again later. */
export interface Settlement {
  id: number;
  claim: string;
  state: 'sent' | 'failed' | 'unconfirmed' | 'queued';
  reason: PeerFailureReason | null;
  externalId: string | null;
}

/** Slots taken at once: few, so that processes share them and no second gets more than its number. */
const SLOTS = 5;
const PREPARE_CUSTOMERS = 10_000;
const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';
const SLOT_MS = Math.round(1_000 / BROADCASTS_PER_SECOND);

/** Broadcasts on their way, of all tenants: what the worker reads and writes. */
export function createSendingRepo({ database, rules }: { database: Database; rules: ChannelRules }) {
  const { sql } = database;
  const changed = async (text: string, values: unknown[]): Promise<boolean> =>
    ((await sql.query(text, values)).rowCount ?? 0) > 0;

  return {
    /** Open ones; those that are due become open first. One statement where nothing is due: it is asked every second. */
    async openAcrossTenants(): Promise<OpenBroadcast[]> {
      const look = async () => (await sql.query<OpenBroadcast | DueBroadcast>(SQL.OPEN)).rows;
      let rows = await look();
      if (rows.some(({ state }) => state === 'scheduled')) {
        await sql.query(SQL.DUE);
        rows = await look();
      }
      return rows.filter((row) => row.state !== 'scheduled');
    },

    /** Writes down the next recipients; null when another process does, or it is stopped. */
    async prepareAcrossTenants(broadcast: OpenBroadcast): Promise<{ preparedTo: string | null; done: boolean } | null> {
      const { id, botId, channel, language, activeDays, preparedTo } = broadcast;
      const audience = [rulesFor(rules, broadcast), rules.ready, channel, language, activeDays];
      const values = [...audience, id, botId, preparedTo ?? BEFORE_ALL, PREPARE_CUSTOMERS];
      return database.inTransaction(async (tx) => {
        // Compiling the statement would take Postgres as long as performing it.
        await tx.query('SET LOCAL jit = off');
        const { rows } = await tx.query<{ preparedTo: string | null; looked: number }>(PREPARE, values);
        return rows[0] ? { preparedTo: rows[0].preparedTo, done: rows[0].looked < PREPARE_CUSTOMERS } : null;
      });
    },

    async beginAcrossTenants(id: string, monthLimit: number): Promise<'sending' | 'halted' | null> {
      return (await sql.query<{ state: 'sending' | 'halted' }>(BEGIN, [id, monthLimit])).rows[0]?.state ?? null;
    },

    async lanesAcrossTenants({ id, botId }: OpenBroadcast): Promise<{ id: string; platform: ChannelKind }[]> {
      await sql.query(SQL.ORPHANS, [id]);
      return (await sql.query<{ id: string; platform: ChannelKind }>(SQL.LANES, [botId, id])).rows;
    },

    async claimAcrossTenants(
      { id, template }: Pick<OpenBroadcast, 'id' | 'template'>,
      lane: { id: string; platform: ChannelKind },
    ): Promise<Claim> {
      const claim = randomUUID();
      const askedAtMs = performance.now();
      const takesTemplates = rules.templates.includes(lane.platform);
      const hasTemplate = template !== null && takesTemplates;
      const values = [id, lane.id, SLOTS, claim, SLOT_MS, rules.windowsMs[lane.platform] ?? null, hasTemplate, takesTemplates];
      // A deletion locks the same rows the other way round.
      const { rows } = await retryOnConflict(() =>
        sql.query<Omit<Claim, 'claim' | 'askedAtMs'>>({ name: 'broadcast-claim', text: SQL.CLAIM, values }),
      );
      return { ...(rows[0] as Omit<Claim, 'claim' | 'askedAtMs'>), claim, askedAtMs };
    },

    async settleAcrossTenants(settlements: readonly Settlement[]): Promise<void> {
      const column = <K extends keyof Settlement>(key: K): Settlement[K][] => settlements.map((settlement) => settlement[key]);
      const values = [column('id'), column('claim'), column('state'), column('reason'), column('externalId')];
      await sql.query({ name: 'broadcast-settle', text: SQL.SETTLE, values });
    },

    lapseAcrossTenants: (afterMs: number): Promise<boolean> => changed(SQL.LAPSE, [afterMs]),
    touchAcrossTenants: (id: number, claim: string): Promise<boolean> => changed(SQL.TOUCH, [id, claim]),
    pauseAcrossTenants: (connectionId: string, ms: number): Promise<boolean> => changed(SQL.PAUSE_RATE, [connectionId, ms]),

    async startAcrossTenants(id: string): Promise<{ settled: number; failed: number }> {
      return (await sql.query<{ settled: number; failed: number }>(SQL.START_COUNTS, [id])).rows[0] as never;
    },
    startedWellAcrossTenants: (id: string): Promise<boolean> => changed(SQL.START_OK, [id]),
    haltAcrossTenants: (id: string, reason: HaltReason): Promise<boolean> => changed(SQL.HALT, [id, reason]),
    async finishAcrossTenants(id: string): Promise<boolean> {
      return (await sql.query<{ done: number }>(SQL.FINISH, [id])).rows[0]?.done === 1;
    },
    noteCountsAcrossTenants: (id: string): Promise<boolean> => changed(SQL.NOTE_COUNTS, [id]),
  };
}

export type SendingRepo = ReturnType<typeof createSendingRepo>;
