import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import type { Chat, Desk, LinksRepo } from './links.repo.ts';

/** Which chats are desks, from memory: every message of a customer asks it. Rights are read from the database afterwards. */
export function createDeskChats({
  links,
  notifications,
  logger,
}: {
  links: Pick<LinksRepo, 'chatsAcrossTenants'>;
  notifications: Pick<Notifications, 'on' | 'notify'>;
  logger: Logger;
}) {
  let modes = new Map<string, string>();
  let loading: Promise<void> = Promise.resolve();
  const keyOf = ({ accountId, chatId }: Chat): string => `${accountId} ${chatId}`;

  async function load(): Promise<void> {
    const chats = await links.chatsAcrossTenants();
    modes = new Map(chats.map((chat) => [keyOf(chat), chat.mode]));
  }

  function reload(): void {
    loading = loading
      .then(load)
      .catch((err: unknown) => logger.warn({ err }, 'desk: the chats could not be read, the known ones stay'));
  }

  return {
    modeOf: (chat: Chat): string | undefined => modes.get(keyOf(chat)),

    async start(): Promise<void> {
      // After a reconnect too, because a change may have been missed.
      notifications.on('desk', reload);
      await load();
    },

    /** The chat is a desk, or a customer's, from now on, in every process. */
    async changed(chat: Chat, mode: Desk['mode'] | null): Promise<void> {
      if (mode === null) modes.delete(keyOf(chat));
      else modes.set(keyOf(chat), mode);
      await notifications.notify('desk', 'links');
    },

    async changedElsewhere(): Promise<void> {
      await notifications.notify('desk', 'links');
    },
  };
}

export type DeskChats = ReturnType<typeof createDeskChats>;
