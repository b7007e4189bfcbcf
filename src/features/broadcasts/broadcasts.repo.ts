import { MINUTE_MS } from '#core/durations.ts';
import { type Database, Prisma, type Sql } from '#platform/db/database.ts';
import { lockRow } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { sqlIn } from '#platform/db/transaction-sql.ts';
import type { Broadcast, BroadcastContent, CountRow } from './broadcast.ts';
import { roomOf } from './room.ts';

export interface NewBroadcast extends BroadcastContent {
  id: string;
  draftId: string;
  contentHash: string;
  createdBy: string;
}

type Key = { tenantId: string; botId: string; id: string };
type Changed = { id: string };
type OfCustomer = { tenantId: string; botId: string; customerId: string };
const broadcastCounts = report<{ tenantId: string; id: string }, CountRow>(import.meta.url, './statements/broadcast-counts.sql');
const resumeBroadcast = report<Key, Changed>(import.meta.url, './statements/resume-broadcast.sql');
const cancelBroadcast = report<Key, Changed>(import.meta.url, './statements/cancel-broadcast.sql');
const resendUnconfirmed = report<Key, Changed>(import.meta.url, './statements/resend-unconfirmed.sql');

const removeRecipientsOf = report<OfCustomer>(import.meta.url, './statements/remove-recipients-of-customer.sql');
const clearRecipientsOf = report<OfCustomer>(import.meta.url, './statements/clear-recipients-of-customer.sql');

const LISTED = 50;
/** The same content within this time is the same broadcast. */
const SAME_CONTENT_MS = 2 * MINUTE_MS;

const SHOWN = {
  id: true,
  text: true,
  buttonLabel: true,
  buttonUrl: true,
  photoId: true,
  template: true,
  channel: true,
  language: true,
  activeDays: true,
  state: true,
  stateReason: true,
  scheduledAt: true,
  createdAt: true,
  startedAt: true,
  finishedAt: true,
  counts: true,
} as const;

export function createBroadcastsRepo({ database }: { database: Database }) {
  const { prisma, sql } = database;
  const isOne = async (changed: Promise<Changed[]>): Promise<boolean> => (await changed).length === 1;

  return {
    /** The newest fifty. */
    list: async (tenantId: string, botId: string): Promise<Broadcast[]> =>
      (await prisma.broadcast.findMany({
        where: { tenantId, botId },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: LISTED,
        select: SHOWN,
      })) as unknown as Broadcast[],

    find: async (tenantId: string, botId: string, id: string): Promise<Broadcast | null> =>
      (await prisma.broadcast.findFirst({ where: { tenantId, botId, id }, select: SHOWN })) as Broadcast | null,

    /** One broadcast per form, and per content within two minutes; null when the plan has no room for one more that waits. The
     * lock orders two requests of a tenant. */
    async insert(tenantId: string, botId: string, broadcast: NewBroadcast): Promise<{ id: string; created: boolean } | null> {
      const { id, contentHash, draftId, createdBy } = broadcast;
      const recently = new Date((await database.now()).getTime() - SAME_CONTENT_MS);
      return prisma.$transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        const same = await tx.broadcast.findMany({
          where: {
            tenantId,
            botId,
            contentHash,
            OR: [{ draftId }, { state: { not: 'cancelled' }, createdAt: { gt: recently } }],
          },
          select: { id: true, draftId: true },
        });
        const existing = same.find((found) => found.draftId === draftId) ?? same[0];
        if (existing) return { id: existing.id, created: false };
        if ((await roomOf(sqlIn(tx), tenantId)).scheduled <= 0) return null;
        // A changed form that was sent before means another broadcast, with a new draft id.
        const used = await tx.broadcast.count({ where: { tenantId, draftId } });
        const own = { id, tenantId, botId, createdBy, draftId: used > 0 ? id : draftId, contentHash };
        await tx.broadcast.create({ data: { ...own, ...dataOf(broadcast) } });
        return { id, created: true };
      });
    },

    /** False once it has begun or was cancelled. */
    edit: async (tenantId: string, botId: string, id: string, wanted: BroadcastContent & { contentHash: string }) => {
      const where = { tenantId, botId, id, state: 'scheduled' } as const;
      const data = { contentHash: wanted.contentHash, ...dataOf(wanted) };
      return (await prisma.broadcast.updateMany({ where, data })).count === 1;
    },

    counts: (tenantId: string, id: string): Promise<CountRow[]> => broadcastCounts(sql, { tenantId, id }),

    // Each of these is false when the broadcast's state does not allow it.
    pause: async (tenantId: string, botId: string, id: string): Promise<boolean> => {
      const where = { tenantId, botId, id, state: { in: ['preparing', 'sending'] } } satisfies Prisma.BroadcastWhereInput;
      return (await prisma.broadcast.updateMany({ where, data: { state: 'paused' } })).count === 1;
    },
    resume: (tenantId: string, botId: string, id: string) => isOne(resumeBroadcast(sql, { tenantId, botId, id })),
    cancel: (tenantId: string, botId: string, id: string) => isOne(cancelBroadcast(sql, { tenantId, botId, id })),
    resend: (tenantId: string, botId: string, id: string) => isOne(resendUnconfirmed(sql, { tenantId, botId, id })),

    /** Unfinished recipients stay in the totals without the customer. */
    async forgetCustomer(tx: Sql, of: OfCustomer): Promise<void> {
      await removeRecipientsOf(tx, of);
      await clearRecipientsOf(tx, of);
    },
  };
}

export type BroadcastsRepo = ReturnType<typeof createBroadcastsRepo>;

function dataOf({ text, buttonLabel, buttonUrl, photoId, template, channel, ...rest }: BroadcastContent) {
  const { language, activeDays, scheduledAt } = rest;
  return {
    text,
    buttonLabel,
    buttonUrl,
    photoId,
    template: template === null ? Prisma.DbNull : { ...template },
    channel: channel as 'telegram' | null,
    language,
    activeDays,
    scheduledAt,
    state: scheduledAt === null ? ('preparing' as const) : ('scheduled' as const),
  };
}
