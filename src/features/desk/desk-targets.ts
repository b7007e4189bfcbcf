import { LRUCache } from 'lru-cache';
import type { DeskEvent } from '#channels/telegram/desk/desk.event.ts';
import { MINUTE_MS } from '#core/durations.ts';
import type { Desk } from './links.repo.ts';
import type { DeskContent, DeskMessageRow, DeskMessagesRepo } from './messages.repo.ts';

const ALBUM_MS = MINUTE_MS;

/** What a member's words are about. */
export function createDeskTargets({ messages }: { messages: DeskMessagesRepo }) {
  // Telegram brings an album in single messages, and only the first of them is expected.
  const albums = new LRUCache<string, { deskId: string; cardId: string }>({ max: 1_000, ttl: ALBUM_MS });

  async function ofAlbum({ albumId }: DeskEvent, desks: Desk[]) {
    const known = albumId === null ? undefined : albums.get(albumId);
    const desk = desks.find(({ id }) => id === known?.deskId);
    const about = desk && known ? await messages.find([desk.id], known.cardId) : null;
    return desk && about?.conversationId ? { desk, about, asked: null, expects: null } : null;
  }

  /** The message of the desk that the words are about, and what they are meant for. */
  async function ofReply(event: DeskEvent, desks: Desk[]) {
    const sent = await messages.findReplied(idsOf(desks), event);
    if (!sent && event.onMessageId !== null && (await messages.isSending(idsOf(desks))))
      throw new Error('desk: a reply to a message that is not recorded yet');
    const desk = sent ? desks.find(({ id }) => id === sent.linkId) : desks.find(({ expects }) => expects !== null);
    if (!desk) return null;
    // A reply to what asks for words is those words, however late.
    const asks = (sent?.content as DeskContent | undefined)?.asks;
    if (sent?.conversationId && asks) return { desk, about: sent, asked: sent, expects: asks };
    const asked = desk.expects && desk.expectsFor ? await messages.find([desk.id], desk.expectsFor) : null;
    const about = sent ?? asked;
    // A reply to the card means what was asked for, too.
    const same = asked !== null && about?.conversationId === asked.conversationId;
    return about?.conversationId ? { desk, about, asked, expects: same ? desk.expects : null } : null;
  }

  return {
    /** Null: nothing in this chat. */
    of: async (event: DeskEvent, desks: Desk[]) => (await ofReply(event, desks)) ?? (await ofAlbum(event, desks)),

    rememberAlbum({ albumId }: DeskEvent, desk: Desk, about: Pick<DeskMessageRow, 'id'>): void {
      if (albumId !== null) albums.set(albumId, { deskId: desk.id, cardId: about.id });
    },
  };
}

const idsOf = (desks: Desk[]): string[] => desks.map(({ id }) => id);
