import { createHash } from 'node:crypto';
import type { DeskClient } from '#channels/telegram/desk/desk.client.ts';
import { DESK_BOT_ID, type DeskEvent, type DeskInbox, type DeskPlace } from '#channels/telegram/desk/desk.event.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { DEFAULT_LANGUAGE, isLanguage } from '#core/languages.ts';
import { isUnavailable } from '#platform/db/failures.ts';
import type { I18n } from '#platform/i18n/i18n.ts';
import type { Logger } from '#platform/logger.ts';
import type { DeskChats } from './desk-chats.ts';
import type { DeskPresses } from './desk-presses.ts';
import type { DeskWords } from './desk-words.ts';
import type { Chat, Desk, LinksRepo } from './links.repo.ts';

interface Deps {
  links: LinksRepo;
  chats: DeskChats;
  words: DeskWords;
  presses: DeskPresses;
  client: Pick<DeskClient, 'send' | 'answerPress'>;
  i18n: I18n;
  audit: AuditLog;
  logger: Logger;
}

const POISON_TRIES = 5;

const START = /^\/start(?:@\w+)?\s+desk-([\w-]{20,64})$/;
const COMMAND = /^\/(unlink|desk|customer|start|help)(?:@\w+)?(?:\s|$)/;
const WHILE_CUSTOMER = /^\/(unlink|desk)(?:@\w+)?$/;

export const hashOfCode = (code: string): string => createHash('sha256').update(code).digest('base64url');

/** What members do in their desk. An update that was acted on is remembered, so a redelivered one does nothing. */
export function createDeskInbox({ links, chats, words, presses, client, i18n, audit, logger }: Deps): DeskInbox {
  let poison = { updateId: 0, tries: 0 };

  /** To a chat that is no desk. Not awaited: the update must not wait for Telegram. */
  function sayToStranger({ token }: DeskPlace, { chatId, language }: DeskEvent, key: string): void {
    const short = language?.slice(0, 2);
    void client.send(token, chatId, { html: i18n.getFixedT(isLanguage(short) ? short : DEFAULT_LANGUAGE)(key) });
  }

  async function link(place: DeskPlace, event: DeskEvent, code: string): Promise<void> {
    const chat = { accountId: place.accountId, chatId: event.chatId, name: event.name, updateId: event.updateId };
    const linked = await links.link(hashOfCode(code), chat, new Date());
    if (!linked.ok) return sayToStranger(place, event, `desk.code.${linked.reason}`);
    const { tenantId, userId: actorId, role: actorKind } = linked;
    await audit.record({ tenantId, actorId, actorKind, action: 'desk.linked' });
    await chats.changed(chat, 'desk');
  }

  async function unlink(place: DeskPlace, event: DeskEvent, desks: Desk[]): Promise<void> {
    for (const { tenantId, userId, role } of desks) {
      if (await links.unlink(tenantId, userId))
        await audit.record({ tenantId, actorId: userId, actorKind: role, action: 'desk.unlinked' });
    }
    await chats.changed({ accountId: place.accountId, chatId: event.chatId }, null);
    sayToStranger(place, event, 'desk.code.unlinked');
  }

  async function switchTo(mode: Desk['mode'], chat: Chat, event: DeskEvent, desks: Desk[]): Promise<void> {
    // The installation's bot has no customers.
    const own = desks.filter(({ connectionId }) => connectionId !== null);
    for (const { tenantId, id } of own) await links.setMode(tenantId, id, mode);
    if (own.length > 0) await chats.changed(chat, mode);
    await words.note(desks[0] as Desk, event, own.length > 0 ? `desk.note.${mode}_mode` : 'desk.note.no_customers');
  }

  async function command(name: string, place: DeskPlace, event: DeskEvent, desks: Desk[]): Promise<void> {
    const chat = { accountId: place.accountId, chatId: event.chatId };
    if (name === 'unlink') return unlink(place, event, desks);
    if (name === 'desk' || name === 'customer') return switchTo(name, chat, event, desks);
    await words.note(desks[0] as Desk, event, 'desk.note.help');
  }

  return {
    takes({ accountId, connectionId }, { chatId, text, press }) {
      if (press || connectionId === DESK_BOT_ID || START.test(text)) return true;
      const mode = chats.modeOf({ accountId, chatId });
      return mode === 'desk' || (mode === 'customer' && WHILE_CUSTOMER.test(text));
    },

    async accept(place, event) {
      try {
        return await act(place, event);
      } catch (err) {
        // R43 (poison message): an update that fails each time must not hold up the customers' messages behind it.
        const { updateId } = event;
        poison = { updateId, tries: poison.updateId === updateId ? poison.tries + 1 : 1 };
        if (isUnavailable(err) || poison.tries < POISON_TRIES) throw err;
        logger.error({ err, updateId }, 'desk: an update fails each time, left out');
        return true;
      }
    },
  };

  async function act(place: DeskPlace, event: DeskEvent): Promise<boolean> {
    const { accountId, connectionId } = place;
    if (await links.isDone(accountId, event.updateId)) return true;
    const code = START.exec(event.text)?.[1];
    const desks = await links.desksOf({ accountId, chatId: event.chatId });
    if (code) await link(place, event, code);
    else if (event.press) await presses.press(place, event, desks);
    else if (desks.length === 0 && connectionId !== DESK_BOT_ID) return false;
    else if (desks.length === 0) sayToStranger(place, event, 'desk.code.stranger');
    else {
      const name = COMMAND.exec(event.text)?.[1];
      await (name ? command(name, place, event, desks) : words.say(event, desks));
    }
    await links.markDone({ accountId, chatId: event.chatId }, event.updateId);
    return true;
  }
}
