import type { ReplyLanguage } from './languages.ts';

/** A channel's name: its `kind` in src/channels/registry.ts. */
export type ChannelKind = string;

/**
 * What a customer sent, in our words. `edited` is a new wording of an earlier message, `reaction` an emoji on one, `mention`
 * their story that names the business, `deleted` what they took back, `other` whatever we have no word for.
 */
export type MessageKind =
  | 'text'
  | 'command'
  | 'edited'
  | 'photo'
  | 'voice'
  | 'audio'
  | 'video'
  | 'document'
  | 'sticker'
  | 'contact'
  | 'location'
  | 'reaction'
  | 'mention'
  | 'deleted'
  | 'other';

/** What came with a message. `fileId` is the platform's; the bytes are fetched when the answer is made. */
export interface Attachment {
  fileId?: string;
  mimeType?: string;
  sizeBytes?: number;
  fileName?: string;
  phone?: string;
  latitude?: number;
  longitude?: number;
  emoji?: string;
}

/** One message as a channel's decoder hands it on. Strings are the platform's own, uncut; the intake caps them. */
export interface InboundMessage {
  /** Unique within the connection, the same on every redelivery. */
  externalId: string;
  chatId: string;
  isGroup: boolean;
  /** In a group: named, replied to or called by a command. Always true in a private chat. */
  addressed: boolean;
  sender: { platformUserId: string; username?: string; firstName?: string; lastName?: string; language?: string };
  kind: MessageKind;
  /** Text or caption; '' when there is none. Of a command: the whole text. */
  text: string;
  /** Of kind `command`: its name without slash and bot name, lower case. */
  command?: string;
  attachment?: Attachment;
  /** Kept for the owner to see; nobody expects an answer to it. */
  quiet?: boolean;
}

/** How an answer came about. */
export type ReplyMode = 'ai' | 'knowledge' | 'fallback' | 'fixed' | 'person' | 'broadcast';

/** An entry an answer rests on. */
export interface Source {
  id: string;
  title: string;
}

/** One earlier turn, oldest first, as the prompt sees it. */
export interface HistoryTurn {
  role: 'customer' | 'bot';
  text: string;
}

/** Bytes the AI looks at or listens to. */
export interface InlineMedia {
  mimeType: string;
  base64: string;
}

export type { ReplyLanguage };
