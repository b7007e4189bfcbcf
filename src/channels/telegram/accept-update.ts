import type { Update } from 'grammy/types';
import type { InboundMessage } from '#core/message.ts';
import type { Logger } from '#platform/logger.ts';
import { type DeskEvent, type DeskInbox, deskEventOf } from './desk/desk.event.ts';
import type { PollingStore } from './polling/polling-store.ts';
import type { TelegramBot } from './telegram.addressing.ts';
import { apiFor } from './telegram.api.ts';
import { decodeUpdate, type TelegramEvent } from './telegram.decode.ts';

/** When it throws, the messages must be delivered again. */
export type Receive = (batch: {
  connectionId: string;
  leaseEpoch: number | null;
  messages: InboundMessage[];
}) => Promise<{ accepted: boolean }>;

export interface AcceptDeps {
  apiRoot: string;
  store: Pick<PollingStore, 'setReachable' | 'setGroupReachable' | 'moveChat'>;
  receive: Receive;
  /** Takes what members write in the chat where they answer customers. */
  desk?: DeskInbox;
  logger: Logger;
}

interface Accepted {
  messages: InboundMessage[];
  /** The messages of `desk` are a customer's when the desk does not take them. */
  events: (TelegramEvent | { kind: 'desk'; event: DeskEvent; messages: InboundMessage[] })[];
}

// R43 (poison message): the database refuses SQLSTATE classes 22 and 23 the next time too.
const POISON_TRIES = 5;
const DATA_FAULT = /^2[23]/;

export const isDataFault = (error: unknown): boolean => DATA_FAULT.test((error as { code?: string }).code ?? '');

/** Stores updates in order. False when another process owns the bot now. When it throws, all of them are delivered again. */
export function createAccept(
  deps: AcceptDeps,
  lease: { connectionId: string; epoch: number | null },
  bot: TelegramBot,
  token: string,
) {
  const { connectionId, epoch } = lease;
  const place = { connectionId, accountId: String(bot.id), token };
  let poison = { updateId: 0, tries: 0 };

  function decode(update: Update): Accepted {
    try {
      const decoded = decodeUpdate(update, bot);
      if (!decoded.messages.every(isReadable)) throw new TypeError('a field is not of its type');
      const event = deps.desk ? deskEventOf(update) : null;
      if (!event || !deps.desk?.takes(place, event)) return decoded;
      return { messages: [], events: [{ kind: 'desk', event, messages: decoded.messages }] };
    } catch (err) {
      // An unreadable update stays unreadable, so it is skipped and the following ones are stored.
      deps.logger.error({ err, connectionId, updateId: update.update_id }, 'telegram: an update could not be read, left out');
      return { messages: [], events: [] };
    }
  }

  const receive = async (messages: InboundMessage[]): Promise<boolean> =>
    messages.length === 0 || (await deps.receive({ connectionId, leaseEpoch: epoch, messages })).accepted;

  async function handle(event: Accepted['events'][number]): Promise<boolean> {
    if (event.kind === 'desk') return (await deps.desk?.accept(place, event.event)) || receive(event.messages);
    if (event.kind === 'reachability') await deps.store.setReachable(connectionId, epoch, event.platformUserId, event.reachable);
    else if (event.kind === 'group_reachability')
      await deps.store.setGroupReachable(connectionId, epoch, event.chatId, event.reachable);
    else if (event.kind === 'moved')
      await deps.store.moveChat({ connectionId, leaseEpoch: epoch, chatId: event.chatId, movedTo: event.movedTo });
    else
      void apiFor(deps, token)
        .answerCallbackQuery(event.callbackId)
        .catch(() => {});
    return true;
  }

  async function store({ messages, events }: Accepted): Promise<boolean> {
    for (const event of events) if (!(await handle(event))) return false;
    return receive(messages);
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

/** An update is external data, whatever its type says. */
function isReadable({ externalId, chatId, chatTitle, text, sender, attachment, refersTo }: InboundMessage): boolean {
  const texts: unknown[] = [externalId, chatId, chatTitle, text, refersTo?.text, ...Object.values(sender)];
  const isFlat = Object.values(attachment ?? {}).every((value) => typeof value !== 'object' || value === null);
  return isFlat && texts.every((value) => value === undefined || typeof value === 'string');
}

function inRuns(decoded: Accepted[]): Accepted[] {
  const runs: Accepted[] = [];
  for (const { messages, events } of decoded) {
    const last = runs.at(-1);
    if (last && last.events.length === 0 && events.length === 0) last.messages.push(...messages);
    else runs.push({ messages: [...messages], events });
  }
  return runs;
}
