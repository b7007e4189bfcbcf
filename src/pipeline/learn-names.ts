import { LRUCache } from 'lru-cache';
import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import { cutStorableText, storableText } from '#core/storable-text.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Logger } from '#platform/logger.ts';
import type { WebhookConnection } from './webhook-connections.repo.ts';

interface LearnNamesDeps {
  database: Database;
  openCredentials: (connection: WebhookConnection) => Credentials;
  logger: Logger;
}

interface OfConnection {
  tenantId: string;
  connectionId: string;
}
interface Names {
  firstName: string | null;
  username: string | null;
}

const namelessCustomers = report<OfConnection & { chatIds: string[] }, { platformUserId: string }>(
  import.meta.url,
  './statements/nameless-customers.sql',
);
const nameCustomer = report<OfConnection & { chatId: string } & Names>(import.meta.url, './statements/name-customer.sql');

const MAX_NAME_CHARS = 128;
// A longer queue means a slow platform. A skipped customer is looked up with their next message.
const MAX_WAITING = 500;
// An entry lives an hour, because a name may be erased.
const KNOWN = { max: 20_000, ttl: 60 * 60 * 1_000 };

/** For platforms whose messages carry no names. Runs after the messages are stored, so no message waits for it. */
export function createLearnNames({ database: { sql }, openCredentials, logger }: LearnNamesDeps) {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const known = new LRUCache<string, true>(KNOWN);
  const keyOf = ({ id }: WebhookConnection, chatId: string): string => `${id} ${chatId}`;

  async function learn(profileOf: ProfileOf, connection: WebhookConnection, chatIds: string[]): Promise<void> {
    const ofConnection = { tenantId: connection.tenantId, connectionId: connection.id };
    const rows = await namelessCustomers(sql, { ...ofConnection, chatIds: chatIds.map(storableText) });
    const nameless = rows.map(({ platformUserId }) => platformUserId);
    for (const chatId of chatIds.filter((id) => !nameless.includes(id))) known.set(keyOf(connection, chatId), true);
    for (const chatId of nameless) {
      const profile = await profileOf(openCredentials(connection), chatId);
      if (profile.ok && (profile.firstName || profile.username)) {
        const names = { firstName: storableName(profile.firstName), username: storableName(profile.username) };
        await nameCustomer(sql, { ...ofConnection, chatId, ...names });
        known.set(keyOf(connection, chatId), true);
      }
    }
  }

  return ({ profileOf }: Pick<ChannelAdapter, 'profileOf'>, connection: WebhookConnection, chatIds: string[]): void => {
    const strangers = [...new Set(chatIds)].filter((chatId) => !known.has(keyOf(connection, chatId)));
    if (!profileOf || strangers.length === 0 || waiting >= MAX_WAITING) return;
    waiting += 1;
    last = last
      .then(() => learn(profileOf, connection, strangers))
      .catch((err: unknown) => logger.debug({ err, connectionId: connection.id }, 'webhook: names could not be learned'))
      .finally(() => {
        waiting -= 1;
      });
  };
}

export type LearnNames = ReturnType<typeof createLearnNames>;

type ProfileOf = NonNullable<ChannelAdapter['profileOf']>;

const storableName = (name: string | undefined): string | null => (name ? cutStorableText(name, MAX_NAME_CHARS) : null);
