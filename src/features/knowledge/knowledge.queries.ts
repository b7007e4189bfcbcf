import type { EntryStamp, EntryState, KnowledgeSource, KnowledgeText } from '#answering/knowledge-source.ts';
import { hasBlanks } from '#core/entry-blanks.ts';
import { recordRevision } from '#features/revisions/feature.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';
import { createKnowledgeReads, type EntryOrigin } from './knowledge.read.ts';
import { ROW_BYTES, roomBeside } from './knowledge-room.ts';
import { raiseKnowledgeVersion } from './knowledge-version.ts';

export interface EntryToSave extends KnowledgeText {
  /** Undefined: as it is. */
  validUntil?: Date | null | undefined;
  /** Of a new entry; `hand` by default. */
  origin?: EntryOrigin | undefined;
  sourceName?: string | undefined;
}

export type Saved = 'saved' | 'not_found' | 'full';

const entryStates = report<{ tenantId: string; botId: string; now: Date }, EntryState>(
  import.meta.url,
  './statements/entry-states.sql',
);
const entryTexts = report<{ tenantId: string; botId: string; ids: string[] }, Required<KnowledgeText> & EntryStamp>(
  import.meta.url,
  './statements/entry-texts.sql',
);

const entryBeginnings = report<
  { tenantId: string; botId: string; chars: number; most: number; now: Date },
  Omit<KnowledgeText, 'questions'>
>(import.meta.url, './statements/entry-beginnings.sql');

export const knowledgeSource = ({ sql }: Pick<Database, 'sql'>): KnowledgeSource => ({
  states: (tenantId, botId, now) => entryStates(sql, { tenantId, botId, now }),
  texts: (tenantId, botId, ids) => entryTexts(sql, { tenantId, botId, ids }),
  beginnings: (tenantId, botId, limits) => entryBeginnings(sql, { tenantId, botId, ...limits }),
});

/** The columns of an entry, new or changed. */
const columnsOf = ({ title, content, validUntil }: EntryToSave) => ({
  title,
  content,
  hasBlanks: hasBlanks(content),
  ...(validUntil !== undefined && { validUntil }),
});

const newColumnsOf = ({ id, origin, sourceName, ...entry }: EntryToSave) => ({
  id,
  ...columnsOf({ id, ...entry }),
  ...(origin && { origin }),
  ...(sourceName && { sourceName }),
});

const bytesOf = ({ title, content }: Pick<KnowledgeText, 'title' | 'content'>): number =>
  Buffer.byteLength(title) + Buffer.byteLength(content) + ROW_BYTES;

interface OfBot {
  tenantId: string;
  botId: string;
}

interface Deps {
  database: Database;
  maxTenantBytes: number;
  /** In the transaction that saves the entry: asks for its questions and vectors. */
  enrich?: (tx: Transaction, tenantId: string, botId: string, entryId: string) => Promise<void>;
}

/** Rows are locked in the order bot, tenant, entry, as deletions and new connections do. Another order could deadlock. */
export function createKnowledgeQueries({ database, maxTenantBytes, enrich = async () => {} }: Deps) {
  const hasRoom = async (tx: Transaction, tenantId: string, entry: KnowledgeText): Promise<boolean> =>
    bytesOf(entry) <= (await roomBeside(tx, maxTenantBytes, { tenantId, textOf: entry.id }));

  async function insertIn(tx: Transaction, of: OfBot, entry: EntryToSave, actorId: string | null): Promise<Saved> {
    const { tenantId, botId } = of;
    if ((await tx.bot.count({ where: { tenantId, id: botId } })) === 0) return 'not_found';
    if (!(await hasRoom(tx, tenantId, entry))) return 'full';
    if (!(await raiseKnowledgeVersion(tx, tenantId, botId))) return 'not_found';
    await tx.knowledgeEntry.create({ data: { tenantId, botId, ...newColumnsOf(entry) } });
    await enrich(tx, tenantId, botId, entry.id);
    const content = { title: entry.title, content: entry.content };
    await recordRevision(tx, { ...of, subject: 'entry', subjectId: entry.id, before: null, content, actorId });
    return 'saved';
  }

  /** The state before is locked with its bot. Null: there is no such entry. */
  async function stateOf(tx: Transaction, of: OfBot, id: string) {
    await lockRow(tx, 'bot', of.botId);
    const found = await tx.knowledgeEntry.findFirst({
      where: { ...of, id },
      select: { title: true, content: true, updatedAt: true },
    });
    return found && { content: { title: found.title, content: found.content }, at: found.updatedAt };
  }

  return {
    ...createKnowledgeReads(database),

    insert: (tenantId: string, botId: string, entry: EntryToSave, actorId: string | null = null): Promise<Saved> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        return insertIn(tx, { tenantId, botId }, entry, actorId);
      }),

    /** A form sent twice makes one entry: gives the id of the same text saved since then. */
    insertOnce: (
      tenantId: string,
      botId: string,
      entry: EntryToSave,
      { since, actorId }: { since: Date; actorId: string | null },
    ): Promise<Saved | { id: string }> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        const { title, content } = entry;
        const where = { tenantId, botId, title, content, createdAt: { gte: since } };
        const same = await tx.knowledgeEntry.findFirst({ where, select: { id: true } });
        return same ?? insertIn(tx, { tenantId, botId }, entry, actorId);
      }),

    /** As many as there is room for, in order; gives the ids that are entries now. Safe to repeat. */
    insertMany: (tenantId: string, botId: string, entries: readonly EntryToSave[], actorId: string): Promise<string[]> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'bot', botId);
        if ((await tx.bot.count({ where: { tenantId, id: botId } })) === 0) return [];
        let room = await roomBeside(tx, maxTenantBytes, { tenantId });
        const where = { tenantId, botId, id: { in: entries.map(({ id }) => id) } };
        const known = new Set((await tx.knowledgeEntry.findMany({ where, select: { id: true } })).map(({ id }) => id));
        const fresh = entries.filter((entry) => {
          if (known.has(entry.id)) return false;
          room -= bytesOf(entry);
          return room >= 0;
        });
        if (fresh.length > 0) {
          await raiseKnowledgeVersion(tx, tenantId, botId);
          const data = fresh.map((entry) => ({ tenantId, botId, ...newColumnsOf(entry) }));
          await tx.knowledgeEntry.createMany({ data });
          for (const { id, title, content } of fresh) {
            await enrich(tx, tenantId, botId, id);
            const made = { subject: 'entry', subjectId: id, before: null, content: { title, content }, actorId } as const;
            await recordRevision(tx, { tenantId, botId, ...made });
          }
        }
        return [...known, ...fresh.map(({ id }) => id)];
      }),

    update: (tenantId: string, botId: string, entry: EntryToSave, actorId: string | null = null): Promise<Saved> =>
      database.transaction(async (tx) => {
        const { id, title, content } = entry;
        const of = { tenantId, botId };
        const before = await stateOf(tx, of, id);
        if (!before) return 'not_found';
        if (!(await hasRoom(tx, tenantId, entry))) return 'full';
        await tx.knowledgeEntry.updateMany({ where: { ...of, id }, data: columnsOf(entry) });
        await raiseKnowledgeVersion(tx, tenantId, botId);
        await enrich(tx, tenantId, botId, id);
        await recordRevision(tx, { ...of, subject: 'entry', subjectId: id, before, content: { title, content }, actorId });
        return 'saved';
      }),

    remove: (tenantId: string, botId: string, id: string, actorId: string | null = null): Promise<string | null> =>
      database.transaction(async (tx) => {
        const of = { tenantId, botId };
        const before = await stateOf(tx, of, id);
        if (!before) return null;
        await tx.knowledgeEntry.deleteMany({ where: { ...of, id } });
        await raiseKnowledgeVersion(tx, tenantId, botId);
        await recordRevision(tx, { ...of, subject: 'entry', subjectId: id, before, content: null, actorId });
        return before.content.title;
      }),
  };
}

export type KnowledgeQueries = ReturnType<typeof createKnowledgeQueries>;
