import type { Update } from 'grammy/types';
import type { InboundMessage } from '#core/message.ts';
import type { Logger } from '#platform/logger.ts';
import type { PollingStore } from './polling-store.ts';
import type { TelegramBot } from './telegram.addressing.ts';
import { apiFor } from './telegram.api.ts';
import { type DecodedUpdate, decodeUpdate, type TelegramEvent } from './telegram.decode.ts';

/** Stores messages before they are acknowledged (features/messaging). Throws when it could not; then they must come again. */
export type Receive = (batch: {
  connectionId: string;
  leaseEpoch: number | null;
  messages: InboundMessage[];
}) => Promise<{ accepted: boolean }>;

export interface AcceptDeps {
  apiRoot: string;
  store: Pick<PollingStore, 'setReachable'>;
  receive: Receive;
  logger: Logger;
}

/**
 * Makes the function that takes a bot's updates in. It resolves to false when the bot is another process's now, and
 * throws when the update could not be stored.
 */
export function createAccept(deps: AcceptDeps, lease: { connectionId: string; epoch: number }, bot: TelegramBot, token: string) {
  const { connectionId, epoch } = lease;

  function decode(update: Update): DecodedUpdate {
    try {
      return decodeUpdate(update, bot);
    } catch (err) {
      // What we cannot read now we cannot read the next time: it must not stop all that follow.
      deps.logger.error({ err, connectionId, updateId: update.update_id }, 'telegram: an update could not be read, left out');
      return { messages: [], events: [] };
    }
  }

  async function handle(event: TelegramEvent): Promise<void> {
    if (event.kind === 'reachability') return deps.store.setReachable(connectionId, epoch, event.platformUserId, event.reachable);
    void apiFor(deps, token)
      .answerCallbackQuery(event.callbackId)
      .catch(() => {});
  }

  return async (update: Update): Promise<boolean> => {
    const { messages, events } = decode(update);
    try {
      for (const event of events) await handle(event);
      return messages.length === 0 || (await deps.receive({ connectionId, leaseEpoch: epoch, messages })).accepted;
    } catch (err) {
      deps.logger.warn({ err, connectionId }, 'telegram: an update could not be stored, it is asked for again');
      throw err;
    }
  };
}
