import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import type { SendPauses } from '#channels/send-pauses.ts';
import type { ChannelKind, Place } from '#core/message.ts';
import type { Turn } from './turn.ts';

// Announcing a quick answer would be most of its cost.
const TYPING_AFTER_MS = 500;
// Repeated shortly before it ends.
const TYPING_OVERLAP_MS = 500;

export interface PresenceDeps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: Turn['connection']) => Credentials;
  pauses: Pick<SendPauses, 'isRevoked'>;
  /** How long an answer may take before the customer sees "typing…"; shorter in tests only. */
  typingAfterMs?: number;
}

/** What the customer sees of us before the answer. A failure changes nothing. */
export function createPresence({ channels, openCredentials, pauses, typingAfterMs = TYPING_AFTER_MS }: PresenceDeps) {
  return {
    /** Returns how to end it. */
    showTyping({ connection, chatId, waiting }: Turn, place: Place | undefined): () => void {
      const channel = channels[connection.platform];
      if (!channel) return () => {};
      const credentials = openCredentials(connection);
      const show = (): void => {
        if (pauses.isRevoked(connection.sealedSecrets)) return;
        timer = setTimeout(show, channel.typingMs - TYPING_OVERLAP_MS);
        channel.showTyping(credentials, chatId, waiting.at(-1)?.externalId, place).catch(() => {});
      };
      let timer = setTimeout(show, channel.marksRead ? 0 : typingAfterMs);
      return () => clearTimeout(timer);
    },

    /** In place of "typing…" for an instant answer. */
    markRead({ connection, chatId, waiting }: Turn): () => void {
      const [channel, last] = [channels[connection.platform], waiting.at(-1)];
      if (channel?.marksRead && last) channel.markRead(openCredentials(connection), chatId, last.externalId).catch(() => {});
      return () => {};
    },
  };
}
