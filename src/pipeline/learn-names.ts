import { LRUCache } from 'lru-cache';
import type { Credentials } from '#channels/channel.ts';
import type { Logger } from '#platform/logger.ts';
import type { ReceivingChannel } from './accept-delivery.ts';
import type { CustomerNamesRepo } from './customer-names.repo.ts';
import type { WebhookConnection } from './webhook-connections.repo.ts';

export interface LearnNamesDeps {
  names: CustomerNamesRepo;
  openCredentials: (connection: WebhookConnection) => Credentials;
  logger: Logger;
}

// More than this waiting means that the platform is slow; whoever is left out is asked for with their next message.
const MAX_WAITING = 500;
// Whose name is known is not looked for at every message. Forgotten after an hour: it may have been erased.
const KNOWN = { max: 20_000, ttl: 60 * 60 * 1_000 };

/**
 * Asks the platform who the customers are whose messages carry no names, one after another, after their messages are stored
 * and never in their way. What fails is tried again with the customer's next message.
 */
export function createLearnNames({ names, openCredentials, logger }: LearnNamesDeps) {
  let waiting = 0;
  let last: Promise<void> = Promise.resolve();
  const known = new LRUCache<string, true>(KNOWN);
  const keyOf = ({ id }: WebhookConnection, chatId: string): string => `${id} ${chatId}`;

  async function learn(channel: ReceivingChannel, connection: WebhookConnection, chatIds: string[]): Promise<void> {
    const nameless = await names.nameless(connection.tenantId, connection.id, chatIds);
    for (const chatId of chatIds.filter((id) => !nameless.includes(id))) known.set(keyOf(connection, chatId), true);
    for (const chatId of nameless) {
      const profile = await channel.profileOf?.(openCredentials(connection), chatId);
      if (profile?.ok && (profile.firstName || profile.username)) {
        await names.save(connection.tenantId, connection.id, chatId, profile);
        known.set(keyOf(connection, chatId), true);
      }
    }
  }

  return (channel: ReceivingChannel, connection: WebhookConnection, chatIds: string[]): void => {
    const strangers = [...new Set(chatIds)].filter((chatId) => !known.has(keyOf(connection, chatId)));
    if (!channel.profileOf || strangers.length === 0 || waiting >= MAX_WAITING) return;
    waiting += 1;
    last = last
      .then(() => learn(channel, connection, strangers))
      .catch((err: unknown) => logger.debug({ err, connectionId: connection.id }, 'webhook: names could not be learned'))
      .finally(() => {
        waiting -= 1;
      });
  };
}

export type LearnNames = ReturnType<typeof createLearnNames>;
