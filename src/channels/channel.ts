import type { LinkButton, MessageTemplate, PartRules } from '#core/broadcast-parts.ts';
import type { PhotoType } from '#core/file-kind.ts';
import type { AccountEvents } from '#core/inbound-event.ts';
import type { ChannelKind, InlineMedia } from '#core/message.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { TextLimit } from '#core/split-text.ts';

/** A platform did not do what we asked. An expected event, so a value and not an exception. */
export interface PeerFailure {
  ok: false;
  reason: PeerFailureReason;
  /** How long the platform told us to wait. */
  retryAfterMs?: number;
  /** Whatever the reason, the customer has not been written to for sure: it failed before that. */
  notSent?: true;
}

export type Sent = { ok: true; externalId: string } | PeerFailure;
/** `photoHandle`: what the photo is called from now on, where its bytes went there. */
export type RichSent = Sent & { photoHandle?: string };

/** A photo to send. */
export interface Photo {
  /** What the channel called it when it was first sent on this connection, so that its bytes go there once. */
  handle: string | null;
  type: PhotoType;
  content(): Promise<Buffer>;
  /** Where anybody who knows the address gets it; null on an installation without an address of its own. */
  publicUrl: string | null;
}

/** A message with more than words. */
export interface RichMessage {
  text: string;
  photo: Photo | null;
  button: LinkButton | null;
}

/** A connection's secrets by field name, opened. Never logged, never rendered. */
export type Credentials = Record<string, string>;

export interface CredentialField {
  /** Name in the form (contract.md) and in Credentials. */
  name: string;
  labelKey: string;
  helpKey: string;
  /** Sealed at rest, never shown again. */
  secret: boolean;
  pattern?: RegExp;
}

/** The receiving side of a platform that calls us at /webhooks/<kind>. Pure: nothing here touches the network. */
export interface ChannelWebhook {
  /** The installation's own app secrets: they sign for every connection, and alone for accounts nobody has connected. */
  readonly platformSecrets: readonly string[];
  /** The secret the connection's own app signs with; null when it has none. */
  secretOf(credentials: Credentials): string | null;
  /** Whether one of the secrets signed these very bytes. */
  isSigned(secrets: readonly string[], rawBody: Buffer, header: string | undefined): boolean;
  /** A delivery in our words, account by account, in its order. Whatever it is, this never throws. */
  decode(payload: unknown): AccountEvents[];
}

/** One messaging platform, as the rest of the product sees it. */
export interface ChannelAdapter {
  readonly kind: ChannelKind;
  /** Draws the connect form. */
  readonly credentialFields: readonly CredentialField[];
  /** The installation's own values for fields a connection has not filled in. */
  readonly defaults: Credentials;
  readonly textLimit: TextLimit;
  /** How long after the customer's last message we may write freely; null = always. */
  readonly replyWindowMs: number | null;
  /** How long one showTyping lasts at most. */
  readonly typingMs: number;
  /** Customers see when their messages were read. */
  readonly marksRead: boolean;
  /** Of platforms that call us. */
  readonly webhook?: ChannelWebhook;
  /** The account the credentials name, without asking the platform; null when they are not even well-formed. */
  accountIdOf(credentials: Credentials): string | null;
  /** Asks the platform whose credentials these are. */
  check(credentials: Credentials): Promise<{ ok: true; accountId: string; displayName: string; username?: string } | PeerFailure>;
  /** Sends one part, at most `textLimit` long. */
  sendText(credentials: Credentials, chatId: string, text: string): Promise<Sent>;
  /** What a message with a photo or a button may hold; without it there is only text. */
  readonly parts?: Omit<PartRules, 'text'>;
  /** The channel fetches photos itself, so they need an address it can reach. */
  readonly fetchesPhotos?: boolean;
  /** Sends a message within `parts`. */
  sendRich?(credentials: Credentials, chatId: string, message: RichMessage): Promise<RichSent>;
  /** Of channels that let us write after the window with an approved template alone. */
  sendTemplate?(credentials: Credentials, chatId: string, template: MessageTemplate): Promise<Sent>;
  /**
   * Shows "typing…" and, where the platform has that, marks the customer's messages up to `externalId` as read; failures do
   * not matter and are swallowed.
   */
  showTyping(credentials: Credentials, chatId: string, externalId?: string): Promise<void>;
  /** Marks the customer's messages up to this one as read, where the platform has that; failures are swallowed. */
  markRead(credentials: Credentials, chatId: string, externalId: string): Promise<void>;
  /** The bytes behind an attachment's fileId, at most `maxBytes`. */
  fetchMedia(credentials: Credentials, fileId: string, maxBytes: number): Promise<{ ok: true; media: InlineMedia } | PeerFailure>;
  /** Of platforms whose messages carry no names: who is on the other side of the chat. */
  profileOf?(
    credentials: Credentials,
    chatId: string,
  ): Promise<{ ok: true; firstName?: string; username?: string } | PeerFailure>;
  /** Of platforms that call us about an account only once they were asked to; may be repeated at any time. */
  subscribe?(credentials: Credentials): Promise<{ ok: true } | PeerFailure>;
  /** Of platforms whose tokens run out: the credentials with a new token in place of one that still works. */
  renewToken?(credentials: Credentials): Promise<{ ok: true; credentials: Credentials; expiresInMs: number } | PeerFailure>;
}
