import type { MessageTemplate } from '#core/broadcast-parts.ts';
import type { BroadcastState, HaltReason, RecipientCounts, RecipientState } from '#core/broadcast-state.ts';
import type { Database } from '#platform/db/database.ts';
import type { Audience } from './audience.repo.ts';
import { CANCEL, COUNTS, EDIT, FIND, INSERT, LIST, PAUSE, RESEND, RESUME, SAME } from './broadcasts.sql.ts';

export interface BroadcastContent extends Audience {
  text: string;
  buttonLabel: string | null;
  buttonUrl: string | null;
  photoId: string | null;
  template: MessageTemplate | null;
  scheduledAt: Date | null;
}

export interface Broadcast extends BroadcastContent {
  id: string;
  state: BroadcastState;
  stateReason: HaltReason | null;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: Partial<RecipientCounts>;
}

export interface NewBroadcast extends BroadcastContent {
  id: string;
  draftId: string;
  contentHash: string;
  createdBy: string;
}

export interface CountRow {
  state: RecipientState;
  reason: string | null;
  count: number;
}

/** A bot's broadcasts as their owner sees them. */
export function createBroadcastsRepo({ database }: { database: Database }) {
  const { sql } = database;
  const changed = async (text: string, values: unknown[]): Promise<boolean> => (await sql.query(text, values)).rowCount === 1;

  return {
    /** The newest fifty. */
    async list(tenantId: string, botId: string): Promise<Broadcast[]> {
      return (await sql.query<Broadcast>(LIST, [tenantId, botId])).rows;
    },

    async find(tenantId: string, botId: string, id: string): Promise<Broadcast | null> {
      return (await sql.query<Broadcast>(FIND, [tenantId, botId, id])).rows[0] ?? null;
    },

    /**
     * One broadcast per form, and one for the same content within two minutes: what exists is given instead. The lock makes
     * two at the same moment come one after the other.
     */
    insert: (tenantId: string, botId: string, broadcast: NewBroadcast): Promise<{ id: string; created: boolean }> =>
      database.inTransaction(async (tx) => {
        const { contentHash, draftId } = broadcast;
        await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 5))', [tenantId]);
        const same = await tx.query<{ id: string }>(SAME, [tenantId, botId, draftId, contentHash]);
        const [existing] = same.rows;
        if (existing) return { id: existing.id, created: false };
        const { id, createdBy } = broadcast;
        await tx.query(INSERT, [id, tenantId, botId, createdBy, draftId, contentHash, ...contentValues(broadcast)]);
        return { id, created: true };
      }),

    /** False once it has begun, or was cancelled. */
    edit: (tenantId: string, botId: string, id: string, wanted: BroadcastContent & { contentHash: string }): Promise<boolean> =>
      changed(EDIT, [tenantId, botId, id, wanted.contentHash, ...contentValues(wanted)]),

    /** How many of its recipients are in each state, and why. A cancelled broadcast's queue counts as skipped. */
    async counts(tenantId: string, id: string): Promise<CountRow[]> {
      return (await sql.query<CountRow>(COUNTS, [tenantId, id])).rows;
    },

    /** Each is false where the broadcast's state does not allow it. */
    pause: (tenantId: string, botId: string, id: string): Promise<boolean> => changed(PAUSE, [tenantId, botId, id]),
    resume: (tenantId: string, botId: string, id: string): Promise<boolean> => changed(RESUME, [tenantId, botId, id]),
    cancel: (tenantId: string, botId: string, id: string): Promise<boolean> => changed(CANCEL, [tenantId, botId, id]),
    resend: (tenantId: string, botId: string, id: string): Promise<boolean> => changed(RESEND, [tenantId, botId, id]),
  };
}

export type BroadcastsRepo = ReturnType<typeof createBroadcastsRepo>;

/** In the order of the statements' columns. */
const contentValues = (content: BroadcastContent): unknown[] => [
  content.text,
  content.buttonLabel,
  content.buttonUrl,
  content.photoId,
  content.template && JSON.stringify(content.template),
  content.channel,
  content.language,
  content.activeDays,
  content.scheduledAt,
];
