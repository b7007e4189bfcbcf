import type { Database } from '#platform/db/database.ts';
import type { RevisionSubject } from '#platform/db/generated/client.ts';
import { report } from '#platform/db/statement.ts';

export interface Revision {
  id: bigint;
  subject: RevisionSubject;
  subjectId: string;
  /** Null: it was deleted. */
  content: unknown;
  actorId: string | null;
  createdAt: Date;
}

export interface RevisionPage {
  subject: RevisionSubject | null;
  subjectId: string | null;
  before: number | null;
  limit: number;
}

const REVISION = { id: true, subject: true, subjectId: true, content: true, actorId: true, createdAt: true } as const;
const DELETED_AT_ONCE = 5_000;
/** Added to each revision's size. */
const ROW_BYTES = 200;

const removeExcessAcrossTenants = report<{ maxBytes: number; rowBytes: number; most: number }>(
  import.meta.url,
  './statements/remove-excess-revisions-across-tenants.sql',
);

/** Reads `revisions` and removes old ones. record-revision writes them. */
export function createRevisionsQueries({ prisma, sql }: Pick<Database, 'prisma' | 'sql'>) {
  return {
    /** Newest first. */
    page: (tenantId: string, botId: string, { subject, subjectId, before, limit }: RevisionPage): Promise<Revision[]> =>
      prisma.revision.findMany({
        where: {
          tenantId,
          botId,
          ...(subject && { subject }),
          ...(subjectId && { subjectId }),
          ...(before && { id: { lt: before } }),
        },
        select: REVISION,
        orderBy: { id: 'desc' },
        take: limit,
      }),

    find: (tenantId: string, botId: string, id: bigint): Promise<Revision | null> =>
      prisma.revision.findFirst({ where: { tenantId, botId, id }, select: REVISION }),

    /** The state before this one; null for the first. */
    before: (tenantId: string, botId: string, { id, subject, subjectId }: Revision): Promise<Revision | null> =>
      prisma.revision.findFirst({
        where: { tenantId, botId, subject, subjectId, id: { lt: id } },
        select: REVISION,
        orderBy: { id: 'desc' },
      }),

    /** Of people who are still members. */
    async names(tenantId: string, userIds: string[]): Promise<Map<string, string>> {
      const where = { id: { in: userIds }, memberships: { some: { tenantId } } };
      const users = await prisma.user.findMany({ where, select: { id: true, username: true } });
      return new Map(users.map(({ id, username }) => [id, username]));
    },

    /** The newest of each business stay, up to so many bytes. */
    async removeExcessAcrossTenants(maxBytes: number): Promise<void> {
      await removeExcessAcrossTenants(sql, { maxBytes, rowBytes: ROW_BYTES, most: DELETED_AT_ONCE });
    },

    async removeOldAcrossTenants(until: Date): Promise<number> {
      const old = await prisma.revision.findMany({
        where: { createdAt: { lt: until } },
        select: { id: true },
        orderBy: { createdAt: 'asc' },
        take: DELETED_AT_ONCE,
      });
      return (await prisma.revision.deleteMany({ where: { id: { in: old.map(({ id }) => id) } } })).count;
    },
  };
}

export type RevisionsQueries = ReturnType<typeof createRevisionsQueries>;
