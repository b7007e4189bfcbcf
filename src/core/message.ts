import type { ReplyLanguage } from './languages.ts';
import type { Reference } from './reference.ts';

/** The `kind` of a channel in src/channels/registry.ts. */
export type ChannelKind = string;

/** `order`, `form`: what a customer filled in, with its words as `text`. `mention`: a story that names the business. `share`: a post without words beside it. `deleted`: withdrawn by the customer. `other`: any kind without a name here. */
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
  | 'order'
  | 'form'
  | 'mention'
  | 'share'
  | 'deleted'
  | 'other';

/** `fileId` is the platform's id; the bytes are fetched when the answer is made. */
export interface Attachment {
  fileId?: string;
  mimeType?: string;
  sizeBytes?: number;
  /** Of a recording, when the platform says it. */
  seconds?: number;
  fileName?: string;
  /** Of a person's file: the connection whose bot has it, or the desk's. */
  heldBy?: string;
  /** Of a contact; all numbers, a comma between. */
  name?: string;
  phone?: string;
  /** Of a place on the map. */
  title?: string;
  address?: string;
  latitude?: number;
  longitude?: number;
  emoji?: string;
  /** The entry whose button was pressed. */
  choice?: string;
}

/** Where the answer belongs, in a chat of several people or topics. The ids are the platform's. */
export interface Place {
  /** The topic. */
  thread?: string;
  /** The message that is answered. */
  replyTo?: string;
}

/** A message as a channel's decoder returns it. Strings are the platform's, uncut; the intake cuts them. */
export interface InboundMessage {
  /** Unique within the connection and the same on every redelivery. */
  externalId: string;
  chatId: string;
  isGroup: boolean;
  /** Of a group. */
  chatTitle?: string;
  place?: Place;
  /** In a group: the bot is mentioned, replied to or called by a command. Always true in a private chat. */
  addressed: boolean;
  /** `otherId`: the same person's second id, on platforms that know people by two. `hasTwoIds` even where only one is told. */
  sender: {
    platformUserId: string;
    otherId?: string;
    hasTwoIds?: true;
    username?: string;
    firstName?: string;
    lastName?: string;
    language?: string;
  };
  kind: MessageKind;
  text: string;
  /** For kind `command`: its name in lower case, without slash and bot name. */
  command?: string;
  attachment?: Attachment;
  /** The same for photos or files that were sent together. */
  album?: string;
  refersTo?: Reference;
  /** What the link said by which the customer came. */
  source?: string;
  /** When the customer wrote it, by the platform's clock. */
  writtenAt?: Date;
  quiet?: boolean;
}

export type ReplyMode = 'ai' | 'knowledge' | 'fallback' | 'fixed' | 'person' | 'broadcast';

export interface Source {
  id: string;
  title: string;
}

/** One earlier turn in the prompt. */
export interface HistoryTurn {
  role: 'customer' | 'bot';
  text: string;
  /** When it was written; JSON from the database has a string. */
  at?: Date | string;
}

export interface InlineMedia {
  mimeType: string;
  base64: string;
}

export type { ReplyLanguage };
