import type { ChannelKind } from '#core/message.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { lockRow, type Transaction } from '#platform/db/row-lock.ts';
import { report } from '#platform/db/statement.ts';

export interface FoundCustomer {
  id: string;
  botId: string;
  botName: string;
  platform: ChannelKind;
  name: string | null;
  username: string | null;
  platformUserId: string;
  /** When they last wrote. */
  lastSeenAt: Date | null;
}

export interface Identity extends FoundCustomer {
  optedOutAt: Date | null;
  unreachableAt: Date | null;
  firstSeenAt: Date;
  conversationId: string | null;
  source: string | null;
}

const SEARCHED = 20_000;
const FOUND = 20;
/** More identities than a person has on all channels and bots of a business. */
const MOST_JOINED = 20;

const customerCard = report<{ tenantId: string; customerId: string }, Identity>(
  import.meta.url,
  './statements/customer-card.sql',
);
export interface GroupMember {
  id: string;
  name: string;
  username: string | null;
  lastWroteAt: Date;
}

/** Of a group the newest messages are looked through. */
const [GROUP_MESSAGES, GROUP_MEMBERS] = [1_000, 30];
const groupMembers = report<{ tenantId: string; conversationId: string; messages: number; size: number }, GroupMember>(
  import.meta.url,
  './statements/group-members.sql',
);
const findCustomers = report<
  { tenantId: string; customerId: string; search: string; searched: number; size: number },
  FoundCustomer
>(import.meta.url, './statements/find-customers.sql');

/** Who is who. The owner of `person_links`. */
export function createCustomersQueries({ database }: { database: Database }) {
  const { sql } = database;
  const personOf = async (tx: Transaction, tenantId: string, customerId: string): Promise<string | null> =>
    (await tx.personLink.findFirst({ where: { tenantId, customerId }, select: { personId: true } }))?.personId ?? null;

  return {
    /** The customer first, then those who are the same person. */
    card: (tenantId: string, customerId: string): Promise<Identity[]> => customerCard(sql, { tenantId, customerId }),

    groupMembers: (tenantId: string, conversationId: string): Promise<GroupMember[]> =>
      groupMembers(sql, { tenantId, conversationId, messages: GROUP_MESSAGES, size: GROUP_MEMBERS }),

    find: (tenantId: string, customerId: string, words: string): Promise<FoundCustomer[]> => {
      const search = `%${words.replace(/[\\%_]/g, '\\$&')}%`;
      return findCustomers(sql, { tenantId, customerId, search, searched: SEARCHED, size: FOUND });
    },

    /** Also everybody whom each of the two is. `gone`: one of them does not exist. */
    join: (tenantId: string, customerId: string, otherId: string): Promise<'done' | 'same' | 'gone' | 'full'> =>
      database
        .transaction(async (tx) => {
          await lockRow(tx, 'tenant', tenantId);
          const both = [customerId, otherId];
          if ((await tx.customer.count({ where: { tenantId, id: { in: both } } })) !== 2) return 'gone';
          const [mine, theirs] = [await personOf(tx, tenantId, customerId), await personOf(tx, tenantId, otherId)];
          if (mine !== null && mine === theirs) return 'same';
          const personId = mine ?? theirs ?? newId();
          if (theirs) await tx.personLink.updateMany({ where: { tenantId, personId: theirs }, data: { personId } });
          await tx.personLink.createMany({
            data: both.map((id) => ({ tenantId, customerId: id, personId })),
            skipDuplicates: true,
          });
          if ((await tx.personLink.count({ where: { tenantId, personId } })) > MOST_JOINED) throw new TooManyIdentities();
          return 'done';
        })
        .catch((error: unknown) => {
          if (error instanceof TooManyIdentities) return 'full' as const;
          throw error;
        }),

    /** Nobody is alone in a person. False: the customer is one with nobody. */
    part: (tenantId: string, customerId: string): Promise<boolean> =>
      database.transaction(async (tx) => {
        await lockRow(tx, 'tenant', tenantId);
        const personId = await personOf(tx, tenantId, customerId);
        if (!personId) return false;
        await tx.personLink.deleteMany({ where: { tenantId, customerId } });
        const left = await tx.personLink.count({ where: { tenantId, personId } });
        if (left === 1) await tx.personLink.deleteMany({ where: { tenantId, personId } });
        return true;
      }),
  };
}

class TooManyIdentities extends Error {}

export type CustomersQueries = ReturnType<typeof createCustomersQueries>;
