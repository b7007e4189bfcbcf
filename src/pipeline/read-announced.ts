import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import { AppError } from '#core/errors.ts';
import type { InboundEvent } from '#core/inbound-event.ts';
import { retryDelayMs } from '#core/retry-delay.ts';
import type { Logger } from '#platform/logger.ts';
import type { WebhookConnection } from './webhook-connections.repo.ts';

// A delivery announces one message as a rule. Each costs a call while the platform waits for our answer.
const MAX_READ = 20;

/** Messages that a delivery announces without their content. @throws when the platform must deliver the announcement again. */
export function createReadAnnounced({
  openCredentials,
  logger,
}: {
  openCredentials: (connection: WebhookConnection) => Credentials;
  logger: Logger;
}) {
  return async (channel: ChannelAdapter, connection: WebhookConnection, events: InboundEvent[]): Promise<InboundEvent[]> => {
    const ids = events.flatMap((event) => (event.kind === 'unread' ? [event.externalId] : []));
    if (!channel.readMessage || ids.length === 0) return [];
    const credentials = openCredentials(connection);
    const read: InboundEvent[] = [];
    for (const id of [...new Set(ids)].slice(0, MAX_READ)) {
      const answer = await channel.readMessage(credentials, id, connection.accountId);
      if (answer.ok) read.push(...answer.events);
      else if (retryDelayMs({ reason: answer.reason, ageMs: 0 }) !== null) throw new AppError(503, 'errors.unavailable');
      else logger.warn({ connectionId: connection.id, reason: answer.reason }, 'webhook: an announced message could not be read');
    }
    return read;
  };
}
