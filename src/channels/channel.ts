import type { LinkButton, MessageTemplate, PartRules } from '#core/broadcast-parts.ts';
import type { PhotoType } from '#core/file-kind.ts';
import type { AccountEvents } from '#core/inbound-event.ts';
import type { ChannelKind, InlineMedia } from '#core/message.ts';
import type { PlanName } from '#core/plans.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { TextLimit } from '#core/split-text.ts';

/** A platform did not do what we asked. An expected event, so a value and not an exception. */
export interface PeerFailure {
  ok: false;
  reason: PeerFailureReason;
  /** How long the platform told us to wait. */
  retryAfterMs?: number;
  /** The call failed before anything could reach the customer. */
  notSent?: true;
}

export type Sent = { ok: true; externalId: string } | PeerFailure;
/** `photoHandle`: the platform's id of an uploaded photo, for the next send. */
export type RichSent = Sent & { photoHandle?: string };

/** A photo to send. */
export interface Photo {
  /** The platform's id of the photo from an earlier send on this connection, so that it is uploaded once. */
  handle: string | null;
  type: PhotoType;
  content(): Promise<Buffer>;
  /** Where the platform can fetch it; null on an installation without a public address. */
  publicUrl: string | null;
}

/** A message with more than text. */
export interface RichMessage {
  text: string;
  photo: Photo | null;
  button: LinkButton | null;
}

/** A connection's credentials by field name, opened. Never logged, never rendered. */
export type Credentials = Record<string, string>;

/** The installation's settings: the environment by name. */
export type ChannelSettings = Readonly<Record<string, unknown>>;

/** A field of the connect form. Its words are `connections.field.<name>`, `connections.help.<name>` and `connections.error.…_<name>`. */
export interface CredentialField {
  /** Name in the form (contract.md) and in Credentials. */
  name: string;
  /** Write-only: sealed at rest and never shown again. */
  secret: boolean;
  /** May stay empty. */
  optional?: true;
  /** The environment variable with the installation's own value, used where the field is empty. */
  env?: string;
  pattern?: RegExp;
}

/** How a platform calls us at /webhooks/<kind>, and how its calls are authenticated. Pure: nothing here touches the network. */
export interface ChannelWebhook {
  signatureHeader: string;
  /** The installation's own app secrets. They sign for every connection, and alone for accounts nobody has connected. */
  platformSecrets(settings: ChannelSettings): string[];
  /** The secret that the connection's own app signs with; null when it has none. */
  secretOf(credentials: Credentials): string | null;
  /** Whether one of the secrets signed these very bytes. */
  isSigned(secrets: readonly string[], rawBody: Buffer, signature: string | undefined): boolean;
  /** A delivery in our words, by account, in its order. Never throws. */
  decode(payload: unknown): AccountEvents[];
}

/** Asks the platform whose credentials these are. */
export type AccountCheck = { ok: true; accountId: string; displayName: string; username?: string } | PeerFailure;

/** The calls to one platform. A token never appears in what is returned or thrown. */
export interface ChannelClient {
  check(credentials: Credentials): Promise<AccountCheck>;
  /** Sends one part, at most `textLimit` long. */
  sendText(credentials: Credentials, chatId: string, text: string): Promise<Sent>;
  /** Sends a message within `parts`. */
  sendRich?(credentials: Credentials, chatId: string, message: RichMessage): Promise<RichSent>;
  /** Of channels whose `outsideWindow` is `template`. */
  sendTemplate?(credentials: Credentials, chatId: string, template: MessageTemplate): Promise<Sent>;
  /** Shows "typing…" and marks the customer's messages up to `externalId` as read, where the platform can. Failures are ignored. */
  showTyping(credentials: Credentials, chatId: string, externalId?: string): Promise<void>;
  /** Marks the customer's messages up to this one as read, where the platform can. Failures are ignored. */
  markRead(credentials: Credentials, chatId: string, externalId: string): Promise<void>;
  /** The bytes of an attachment, at most `maxBytes`. */
  fetchMedia(credentials: Credentials, fileId: string, maxBytes: number): Promise<{ ok: true; media: InlineMedia } | PeerFailure>;
  /** Of platforms whose messages carry no names: who is on the other side of the chat. */
  profileOf?(
    credentials: Credentials,
    chatId: string,
  ): Promise<{ ok: true; firstName?: string; username?: string } | PeerFailure>;
  /** Of platforms that call us about an account only after being asked to. May be repeated at any time. */
  subscribe?(credentials: Credentials): Promise<{ ok: true } | PeerFailure>;
  /** Of platforms whose tokens expire: the credentials with a new token. Needs one that still works. */
  renewToken?(credentials: Credentials): Promise<{ ok: true; credentials: Credentials; expiresInMs: number } | PeerFailure>;
}

/** Everything that is true of a channel before it is connected. Nothing outside its folder compares its `kind`. */
interface ChannelFacts {
  readonly kind: ChannelKind;
  /** The platform's own name, the same in every language. */
  readonly name: string;
  /** Font Awesome's name of its mark, such as `fa-telegram`. */
  readonly icon: string;
  /** The cheapest plan that includes the channel. */
  readonly plan: PlanName;
  readonly fields: readonly CredentialField[];
  /** The field that names the account: errors about the account are shown there. */
  readonly accountField: string;
  readonly textLimit: TextLimit;
  /** Limits of a message with a photo or a button; without `parts` there is only text. */
  readonly parts?: Omit<PartRules, 'text'>;
  /** How long after the customer's last message we may write freely; null = always. */
  readonly replyWindowMs: number | null;
  /** What may be sent after the window: an approved template, or nothing. */
  readonly outsideWindow: 'template' | 'nothing';
  /** How long to wait for further messages of a burst before answering. Declared; not used yet. */
  readonly quietTimeMs: number;
  /** How long one showTyping lasts at most. */
  readonly typingMs: number;
  /** Customers see when their messages were read. */
  readonly marksRead: boolean;
  /** The platform fetches photos from us, so they need a public address. */
  readonly fetchesPhotos?: true;
  /** Stands before a username: `@` of names, nothing of phone numbers. */
  readonly handlePrefix: '' | '@';
  /** Where a person can write to the account, without `https://`. */
  chatAddress(username: string): string;
  /** The account that well-formed credentials name, without asking the platform; else null. */
  accountIdOf(credentials: Credentials): string | null;
}

/** One messaging platform. A folder exports it, and registry.ts has one line for it. */
export interface ChannelDefinition extends ChannelFacts {
  /** Of platforms that call us about all accounts at /webhooks/<kind>. */
  readonly webhook?: ChannelWebhook;
  /** `defaults`: the installation's own values of the fields. */
  connect(settings: ChannelSettings, defaults: Credentials): ChannelClient;
}

export type ConnectedWebhook = Omit<ChannelWebhook, 'platformSecrets'> & { readonly platformSecrets: readonly string[] };

/** A channel over the installation's settings: its facts and its calls. */
export interface ChannelAdapter extends ChannelFacts, ChannelClient {
  readonly defaults: Credentials;
  readonly webhook?: ConnectedWebhook;
}

export type Channels = Readonly<Record<ChannelKind, ChannelAdapter | undefined>>;
