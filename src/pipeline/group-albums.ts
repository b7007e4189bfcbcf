import { LRUCache } from 'lru-cache';
import type { InboundMessage } from '#core/message.ts';

// The parts of an album come within about a second, in several deliveries.
const ALBUM_MS = 15_000;
const MAX_ALBUMS = 1_000;
// As many as an album holds.
const MAX_PARTS = 10;

interface Album {
  /** The part that addresses the bot. */
  addressed: InboundMessage | null;
  /** Parts that came before it. They are kept in memory only, and forgotten when none addresses the bot. */
  earlier: InboundMessage[];
}

/** What is for the bot: in a group what addresses it, and the other photos of an album that does so in one caption. */
export function createGroupAlbums() {
  const albums = new LRUCache<string, Album>({ max: MAX_ALBUMS, ttl: ALBUM_MS });

  function ofAlbum(key: string, part: InboundMessage): InboundMessage[] {
    const album = albums.get(key) ?? { addressed: null, earlier: [] };
    albums.set(key, album);
    if (part.addressed) {
      album.addressed = part;
      return [...album.earlier.map((one) => inPlaceOf(part, one)), part];
    }
    if (album.addressed) return [inPlaceOf(album.addressed, part)];
    if (album.earlier.length < MAX_PARTS) album.earlier.push(part);
    return [];
  }

  return (connectionId: string, messages: readonly InboundMessage[]): InboundMessage[] =>
    messages.flatMap((message) => {
      const { isGroup, addressed, album, chatId } = message;
      if (isGroup && album !== undefined) return ofAlbum(`${connectionId} ${chatId} ${album}`, message);
      return addressed || !isGroup ? [message] : [];
    });
}

/** One answer, to the part with the words. */
const inPlaceOf = ({ place }: InboundMessage, part: InboundMessage): InboundMessage => ({ ...part, ...(place && { place }) });
