import type { Embeddings } from '#ai/embeddings.ts';
import type { EntryStamp } from '#answering/knowledge-source.ts';
import type { VectorSource } from '#answering/knowledge-vectors.ts';
import { KNOWLEDGE_CHARS } from '#core/search/choose-knowledge.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { sqlIn } from '#platform/db/transaction-sql.ts';
import { raiseKnowledgeVersion } from '../knowledge-version.ts';
import { DEBOUNCE_SECONDS } from './entry-questions.queries.ts';

export interface ClaimedVectors {
  entryId: string;
  tenantId: string;
  botId: string;
  leasedUntil: Date;
  tries: number;
  title: string;
  content: string;
  isLarge: boolean;
}

const LEASE_SECONDS = 300;
const promptChars = KNOWLEDGE_CHARS;

interface Wanted {
  tenantId: string;
  botId: string;
  entryId: string;
  debounceSeconds: number;
  promptChars: number;
}
type Kind = Pick<Embeddings, 'model' | 'dimensions'>;

const wantVectors = report<Wanted>(import.meta.url, '../statements/want-vectors.sql');
const claimVectorsAcrossTenants = report<{ now: Date; leaseSeconds: number; promptChars: number }, ClaimedVectors>(
  import.meta.url,
  '../statements/claim-vectors-across-tenants.sql',
);
const queueVectorlessAcrossTenants = report<{
  now: Date;
  model: string;
  dimensions: number;
  promptChars: number;
  mostPerBot: number;
  most: number;
}>(import.meta.url, '../statements/queue-vectorless-across-tenants.sql');
const vectorStamps = report<{ tenantId: string; botId: string; model: string; dimensions: number }, EntryStamp>(
  import.meta.url,
  '../statements/vector-stamps.sql',
);

/** The only writer of `entry_vectors`. */
export function createEntryVectorsQueries({ database, kind }: { database: Database; kind: Kind }) {
  const { prisma } = database;
  const { model, dimensions } = kind;

  const source: VectorSource = {
    stamps: (tenantId, botId) => vectorStamps(database.sql, { tenantId, botId, model, dimensions }),
    async vectors(tenantId, botId, ids) {
      const where = { tenantId, botId, entryId: { in: ids }, model, dimensions };
      const rows = await prisma.entryVectors.findMany({ where, select: { entryId: true, vectors: true } });
      return rows.flatMap(({ entryId, vectors }) => (vectors ? [{ id: entryId, bytes: vectors }] : []));
    },
  };

  return {
    source,

    /** In the transaction that saves the entry. */
    async want(tx: Transaction, tenantId: string, botId: string, entryId: string): Promise<void> {
      // Not by the statement below when the knowledge is small again: old vectors are of an old text.
      await tx.entryVectors.updateMany({ where: { tenantId, entryId }, data: { vectors: null } });
      await wantVectors(sqlIn(tx), { tenantId, botId, entryId, debounceSeconds: DEBOUNCE_SECONDS, promptChars });
    },

    async claimAcrossTenants(now: Date): Promise<ClaimedVectors | null> {
      return (await claimVectorsAcrossTenants(database.sql, { now, leaseSeconds: LEASE_SECONDS, promptChars }))[0] ?? null;
    },

    /** False when the entry was changed or deleted meanwhile, or another process has taken it. */
    accept: ({ tenantId, botId, entryId, leasedUntil }: ClaimedVectors, vectors: readonly Int8Array[]): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        const where = { tenantId, entryId, runAt: leasedUntil };
        const bytes = Buffer.concat(vectors.map((vector) => Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)));
        const data = { vectors: bytes, model, dimensions, runAt: null, tries: 0 };
        if ((await tx.entryVectors.updateMany({ where, data })).count === 0) return false;
        return raiseKnowledgeVersion(tx, tenantId, botId);
      }),

    async leave({ tenantId, entryId, leasedUntil }: ClaimedVectors, again: Date | null): Promise<void> {
      await prisma.entryVectors.updateMany({ where: { tenantId, entryId, runAt: leasedUntil }, data: { runAt: again } });
    },

    queueVectorlessAcrossTenants: async (now: Date, limits: { mostPerBot: number; most: number }): Promise<void> => {
      await queueVectorlessAcrossTenants(database.sql, { now, model, dimensions, promptChars, ...limits });
    },
  };
}

export type EntryVectorsQueries = ReturnType<typeof createEntryVectorsQueries>;
