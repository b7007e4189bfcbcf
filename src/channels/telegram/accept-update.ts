import type { Update } from 'grammy/types';
import type { InboundMessage } from '#core/message.ts';
import type { Logger } from '#platform/logger.ts';
import type { PollingStore } from './polling/polling-store.ts';
import type { TelegramBot } from './telegram.addressing.ts';
import { apiFor } from './telegram.api.ts';
import { type DecodedUpdate, decodeUpdate, type TelegramEvent } from './telegram.decode.ts';

/** Stores messages before they are acknowledged (pipeline). Throws when it could not; then they must come again. */
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

// Data that the database refuses (SQLSTATE classes 22 and 23) is refused the next time too (R43).
const POISON_TRIES = 5;
const DATA_FAULT = /^2[23]/;

/** Whether the database refuses the update itself. */
export const isDataFault = (error: unknown): boolean => DATA_FAULT.test((error as { code?: string }).code ?? '');

/**
 * Makes the function that stores a bot's updates in their order, polled or called. Messages that follow each other go into one
 * statement. It resolves to false when the bot belongs to another process now. It throws when something could not be stored:
 * then all of them have to come again, which is harmless.
 */
export function createAccept(
  deps: AcceptDeps,
  lease: { connectionId: string; epoch: number | null },
  bot: TelegramBot,
  token: string,
) {
  const { connectionId, epoch } = lease;
  let poison = { updateId: 0, tries: 0 };

  function decode(update: Update): DecodedUpdate {
    try {
      const decoded = decodeUpdate(update, bot);
      if (!decoded.messages.every(isReadable)) throw new TypeError('a field is not of its type');
      return decoded;
    } catch (err) {
      // An update that cannot be read now cannot be read the next time. It must not stop those that follow.
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

  async function store({ messages, events }: DecodedUpdate): Promise<boolean> {
    for (const event of events) await handle(event);
    return messages.length === 0 || (await deps.receive({ connectionId, leaseEpoch: epoch, messages })).accepted;
  }

  function isPoison(updates: Update[], error: unknown): boolean {
    const [update] = updates;
    if (!update || updates.length > 1 || !isDataFault(error)) return false;
    poison = { updateId: update.update_id, tries: poison.updateId === update.update_id ? poison.tries + 1 : 1 };
    return poison.tries >= POISON_TRIES;
  }

  return async (updates: Update[]): Promise<boolean> => {
    try {
      for (const run of inRuns(updates.map(decode))) if (!(await store(run))) return false;
      return true;
    } catch (err) {
      if (isPoison(updates, err)) {
        deps.logger.error({ err, connectionId, ...poison }, 'telegram: the database refuses an update, left out');
        return true;
      }
      deps.logger.warn({ err, connectionId }, 'telegram: updates could not be stored, they are asked for again');
      throw err;
    }
  };
}

/** Whether every text is a string. An update comes from outside, whatever its type says. */
function isReadable({ externalId, chatId, text, sender, attachment }: InboundMessage): boolean {
  const texts: unknown[] = [externalId, chatId, text, ...Object.values(sender)];
  const isFlat = Object.values(attachment ?? {}).every((value) => typeof value !== 'object' || value === null);
  return isFlat && texts.every((value) => value === undefined || typeof value === 'string');
}

/** Joins messages that follow each other; each event stays alone, in its place. */
function inRuns(decoded: DecodedUpdate[]): DecodedUpdate[] {
  const runs: DecodedUpdate[] = [];
  for (const { messages, events } of decoded) {
    const last = runs.at(-1);
    if (last && last.events.length === 0 && events.length === 0) last.messages.push(...messages);
    else runs.push({ messages: [...messages], events });
  }
  return runs;
}
