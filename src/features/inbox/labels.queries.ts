import { keyOf } from '#core/account-rules.ts';
import type { LabelColour } from '#core/label-colours.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import type { ListChange } from './named-list.ts';

export interface Label {
  id: string;
  name: string;
  colour: LabelColour;
}

type Fields = Omit<Label, 'id'>;
const LABEL = { id: true, name: true, colour: true } as const;
const MAX_LABELS = 50;

/** The owner of `labels` and `conversation_labels`. */
export function createLabelsQueries({ database }: { database: Database }) {
  const { prisma } = database;

  /** The business' row is locked, so that two who save at once make one label of a name. */
  const saving = (tenantId: string, id: string, name: string, write: (tx: Transaction) => Promise<ListChange>) =>
    database.transaction(async (tx): Promise<ListChange> => {
      await lockRow(tx, 'tenant', tenantId);
      const same = { tenantId, nameKey: keyOf(name), id: { not: id } };
      return (await tx.label.count({ where: same })) > 0 ? 'known' : write(tx);
    });

  return {
    most: MAX_LABELS,

    /** By name. */
    list: async (tenantId: string): Promise<Label[]> =>
      (await prisma.label.findMany({ where: { tenantId }, select: LABEL, orderBy: { nameKey: 'asc' } })) as Label[],

    find: async (tenantId: string, id: string): Promise<Label | null> =>
      (await prisma.label.findFirst({ where: { tenantId, id }, select: LABEL })) as Label | null,

    create: (tenantId: string, { name, colour }: Fields): Promise<ListChange> => {
      const id = newId();
      return saving(tenantId, id, name, async (tx) => {
        if ((await tx.label.count({ where: { tenantId } })) >= MAX_LABELS) return 'full';
        await tx.label.create({ data: { id, tenantId, name, nameKey: keyOf(name), colour } });
        return 'done';
      });
    },

    change: (tenantId: string, id: string, { name, colour }: Fields): Promise<ListChange> =>
      saving(tenantId, id, name, async (tx) => {
        const data = { name, nameKey: keyOf(name), colour };
        return (await tx.label.updateMany({ where: { tenantId, id }, data })).count === 1 ? 'done' : 'gone';
      }),

    /** It also leaves the conversations. */
    remove: async (tenantId: string, id: string): Promise<boolean> =>
      (await prisma.label.deleteMany({ where: { tenantId, id } })).count === 1,

    /** Of conversations, by conversation. */
    async ofConversations(tenantId: string, conversationIds: string[]): Promise<Map<string, Label[]>> {
      const rows = await prisma.conversationLabel.findMany({
        where: { tenantId, conversationId: { in: conversationIds } },
        select: { conversationId: true, label: { select: { ...LABEL, nameKey: true } } },
        orderBy: { label: { nameKey: 'asc' } },
      });
      const found = new Map<string, Label[]>();
      for (const { conversationId, label } of rows) {
        if (label) found.set(conversationId, [...(found.get(conversationId) ?? []), label as unknown as Label]);
      }
      return found;
    },

    /** Puts exactly these on the conversation. Labels that are gone are left out. False: nothing changed. */
    put: (tenantId: string, conversationId: string, labelIds: string[]): Promise<boolean> =>
      database.transaction(async (tx) => {
        const known = await tx.label.findMany({ where: { tenantId, id: { in: labelIds } }, select: { id: true } });
        const place = { tenantId, conversationId };
        const ids = known.map(({ id }) => id);
        const removed = await tx.conversationLabel.deleteMany({ where: { ...place, labelId: { notIn: ids } } });
        const data = ids.map((labelId) => ({ ...place, labelId }));
        const added = await tx.conversationLabel.createMany({ data, skipDuplicates: true });
        return removed.count + added.count > 0;
      }),
  };
}

export type LabelsQueries = ReturnType<typeof createLabelsQueries>;
