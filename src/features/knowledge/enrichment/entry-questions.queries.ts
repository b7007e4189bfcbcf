import { createHash } from 'node:crypto';
import type { SpentTokens } from '#answering/suggest-questions.ts';
import { type EntryQuestionLists, type Suggestions, withOwnersList, withSuggestions } from '#core/entry-questions.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, nowIn, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import type { Saved } from '../knowledge.queries.ts';
import { roomBeside } from '../knowledge-room.ts';
import { raiseKnowledgeVersion } from '../knowledge-version.ts';

export interface ClaimedEntry {
  entryId: string;
  tenantId: string;
  botId: string;
  madeFrom: string | null;
  leasedUntil: Date;
  tries: number;
  title: string;
  content: string;
  updatedAt: Date;
}

/** Edits within this time make one call. */
export const DEBOUNCE_SECONDS = 10;
const LEASE_SECONDS = 300;
const NONE: EntryQuestionLists = { suggested: [], own: [], refused: [] };
const LISTS = { suggested: true, own: true, refused: true } as const;

const claimEntryAcrossTenants = report<{ now: Date; leaseSeconds: number; mostPerDay: number; usdUzs: number }, ClaimedEntry>(
  import.meta.url,
  '../statements/claim-entry-across-tenants.sql',
);
const queueUnquestionedAcrossTenants = report<{ now: Date; mostPerTenant: number; most: number }>(
  import.meta.url,
  '../statements/queue-unquestioned-across-tenants.sql',
);

export const hashOf = ({ title, content }: { title: string; content: string }): string =>
  createHash('sha256').update(`${title}\n${content}`).digest('base64url');

interface Deps {
  database: Database;
  usdUzs: number;
  /** Of entries and their questions together. */
  maxTenantBytes: number;
}

const bytesOf = ({ own, suggested, refused }: EntryQuestionLists, summary = ''): number =>
  [...own, ...suggested, ...refused, summary].reduce((sum, line) => sum + Buffer.byteLength(line), 0);

/** The questions of entries. The only writer of `entry_questions`. */
export function createEntryQuestionsQueries({ database, usdUzs, maxTenantBytes }: Deps) {
  const { prisma } = database;
  const spentSums = ({ model, promptTokens, answerTokens, costMicroUsd }: SpentTokens) => ({
    model,
    promptTokens: { increment: promptTokens },
    answerTokens: { increment: answerTokens },
    costMicroUsd: { increment: costMicroUsd ?? 0 },
  });

  const hasRoom = async (tx: Transaction, { tenantId, entryId }: { tenantId: string; entryId: string }, bytes: number) =>
    bytes <= (await roomBeside(tx, maxTenantBytes, { tenantId, questionsOf: entryId }));

  return {
    lists: (tenantId: string, botId: string, entryId: string): Promise<EntryQuestionLists | null> =>
      prisma.entryQuestions.findFirst({ where: { tenantId, botId, entryId }, select: LISTS }),

    /** In the transaction that saves the entry. */
    async want(tx: Transaction, tenantId: string, botId: string, entryId: string): Promise<void> {
      const work = { runAt: new Date((await nowIn(tx)).getTime() + DEBOUNCE_SECONDS * 1000), tries: 0 };
      await tx.entryQuestions.upsert({
        where: { tenantId, entryId },
        create: { tenantId, botId, entryId, ...work },
        update: work,
      });
    },

    saveOwners: (tenantId: string, botId: string, entryId: string, lines: readonly string[]): Promise<Saved> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        if ((await tx.knowledgeEntry.count({ where: { tenantId, botId, id: entryId } })) === 0) return 'not_found';
        const known = await tx.entryQuestions.findFirst({ where: { tenantId, entryId }, select: LISTS });
        const lists = withOwnersList(known ?? NONE, lines);
        // Fewer are saved even when there is no room.
        const grows = bytesOf(lists) > bytesOf(known ?? NONE);
        if (grows && !(await hasRoom(tx, { tenantId, entryId }, bytesOf(lists)))) return 'full';
        await tx.entryQuestions.upsert({
          where: { tenantId, entryId },
          create: { tenantId, botId, entryId, ...lists },
          update: lists,
        });
        return (await raiseKnowledgeVersion(tx, tenantId, botId)) ? 'saved' : 'not_found';
      }),

    async claimAcrossTenants(now: Date, mostPerDay: number): Promise<ClaimedEntry | null> {
      return (await claimEntryAcrossTenants(database.sql, { now, leaseSeconds: LEASE_SECONDS, mostPerDay, usdUzs }))[0] ?? null;
    },

    /**
     * Suggestions that no room is left for are dropped, and the earlier ones stay.
     * False when the entry was changed or deleted meanwhile, or another process has taken it.
     */
    accept: (claimed: ClaimedEntry, { questions, summary }: Suggestions, spent: SpentTokens): Promise<boolean> =>
      database.transaction(async (tx) => {
        const { tenantId, botId, entryId, leasedUntil, updatedAt } = claimed;
        await lockRow(tx, 'bot', botId);
        const where = { tenantId, entryId, runAt: leasedUntil };
        const known = await tx.entryQuestions.findFirst({ where, select: LISTS });
        if (!known) return false;
        const suggested = withSuggestions(known, questions);
        const fits = await hasRoom(tx, claimed, bytesOf({ ...known, suggested }, summary));
        const done = { madeFrom: hashOf(claimed), doneFor: updatedAt, runAt: null, tries: 0 };
        await tx.entryQuestions.updateMany({
          where,
          data: { ...(fits && { suggested, summary }), ...done, ...spentSums(spent) },
        });
        return raiseKnowledgeVersion(tx, tenantId, botId);
      }),

    /** `again` null: given up until the entry changes. */
    async leave(claimed: ClaimedEntry, again: Date | null, spent?: SpentTokens): Promise<void> {
      const { tenantId, entryId, leasedUntil, updatedAt } = claimed;
      await prisma.entryQuestions.updateMany({
        where: { tenantId, entryId, runAt: leasedUntil },
        data: { runAt: again, ...(again === null && { doneFor: updatedAt, tries: 0 }), ...(spent && spentSums(spent)) },
      });
    },

    queueUnquestionedAcrossTenants: async (now: Date, limits: { mostPerTenant: number; most: number }): Promise<void> => {
      await queueUnquestionedAcrossTenants(database.sql, { now, ...limits });
    },
  };
}

export type EntryQuestionsQueries = ReturnType<typeof createEntryQuestionsQueries>;
