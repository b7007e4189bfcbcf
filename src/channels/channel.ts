import type { LinkButton, PartRules } from '#core/broadcast-parts.ts';
import type { Choices } from '#core/choices.ts';
import type { PhotoType } from '#core/file-kind.ts';
import type { AccountEvents, InboundEvent } from '#core/inbound-event.ts';
import type { ChannelKind, InboundMessage, InlineMedia, Place } from '#core/message.ts';
import type { MessageTemplate, TemplateForm } from '#core/message-template.ts';
import type { PlanName } from '#core/plans.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { FileRules, ReplyFileKind } from '#core/reply-file.ts';
import type { TextLimit } from '#core/split-text.ts';
import type { TextForm } from '#core/words/message-parts.ts';
import type { Style } from '#core/words/styled-text.ts';

/** An expected failure of a platform, so a value and not an exception. */
export interface PeerFailure {
  ok: false;
  reason: PeerFailureReason;
  retryAfterMs?: number;
  /** The limit is that of the chat, and says nothing about others. */
  ofChat?: true;
  /** The chat has this id now. */
  movedTo?: string;
  /** The call failed before anything could reach the customer. */
  notSent?: true;
}

export type Sent = { ok: true; externalId: string } | PeerFailure;
export type RichSent = Sent & { photoHandle?: string };

export interface Photo {
  /** The platform's id from an earlier send on this connection. */
  handle: string | null;
  type: PhotoType;
  content(): Promise<Buffer>;
  /** Null on an installation without a public address. */
  publicUrl: string | null;
}

/** A file of a person's. */
export interface OutgoingFile {
  kind: ReplyFileKind;
  name: string;
  type: string;
  /** One of them is set: the platform's own id, an address that the platform fetches, or the bytes. */
  from: { handle: string } | { publicUrl: string } | { content: Buffer };
}

export interface RichMessage {
  text: string;
  photo: Photo | null;
  button: LinkButton | null;
}

export interface SendOptions {
  /** How the words look, on a channel whose form is `styles`. Without them the text is sent as it is. */
  styles?: readonly Style[];
  /** Where in a chat of several people or topics. */
  place?: Place | undefined;
}

/** Opened credentials by field name. Never logged, never rendered. */
export type Credentials = Record<string, string>;

export type ChannelSettings = Readonly<Record<string, unknown>>;

/** Its texts are `connections.field.<name>`, `connections.help.<name>` and `connections.error.…_<name>`. */
export interface CredentialField {
  name: string;
  secret: boolean;
  optional?: true;
  /** The environment variable with the installation's value, used where the field is empty. */
  env?: string;
  /** Of the installation's app and not of an account: its value serves every tenant. */
  ofApp?: true;
  /** Needed by the check only and never stored. */
  once?: true;
  pattern?: RegExp;
  /** All values inside a pasted text, such as a whole message that contains the value. */
  findIn?: (pasted: string) => string[];
}

/** How a platform calls /webhooks/<kind> and how its calls are authenticated. Pure. */
export interface ChannelWebhook {
  signatureHeader: string;
  /** The installation's app secrets. They sign for every connection, and for accounts without a connection. */
  platformSecrets(settings: ChannelSettings): string[];
  /** The secrets of one connection. A delivery may be signed by any of them. */
  secretsOf(credentials: Credentials): string[];
  isSigned(secrets: readonly string[], rawBody: Buffer, signature: string | undefined): boolean;
  /** Accounts that a delivery may name, from the beginning of its bytes and without parsing them. Linear and bounded. */
  accountsIn(rawBody: Buffer): string[];
  /** The same for accounts above those, on platforms that have them. */
  parentsIn?(rawBody: Buffer): string[];
  /** Decodes a delivery by account, in its order. Never throws. */
  decode(payload: unknown): AccountEvents[];
}

/** `found`: values of empty fields that the platform told. `field`: where the refusal is shown. */
export type AccountCheck =
  | { ok: true; accountId: string; displayName: string; username?: string; found?: Credentials }
  | (PeerFailure & { field?: string });

/** The calls to one platform. A token never appears in what is returned or thrown. */
export interface ChannelClient {
  check(credentials: Credentials): Promise<AccountCheck>;
  /** Sends one part, at most `textLimit` long, exactly as it is. */
  sendText(credentials: Credentials, chatId: string, text: string, options?: SendOptions): Promise<Sent>;
  /** The text with buttons under it; the text alone when the platform refuses the buttons. */
  sendChoices?(credentials: Credentials, chatId: string, text: string, choices: Choices, options?: SendOptions): Promise<Sent>;
  sendRich?(credentials: Credentials, chatId: string, message: RichMessage): Promise<RichSent>;
  /** For channels with `files`. The caption is within its limit, and empty where the channel has none. */
  sendFile?(credentials: Credentials, chatId: string, file: OutgoingFile, caption: string, place?: Place): Promise<Sent>;
  /** For channels whose `outsideWindow` is `template`. */
  sendTemplate?(credentials: Credentials, chatId: string, template: MessageTemplate): Promise<Sent>;
  /** The templates that the platform has approved. */
  templates?(credentials: Credentials): Promise<{ ok: true; templates: TemplateForm[] } | PeerFailure>;
  /** Shows "typing…" and marks messages up to `externalId` as read, where the platform can. Failures are ignored. */
  showTyping(credentials: Credentials, chatId: string, externalId?: string, place?: Place): Promise<void>;
  markRead(credentials: Credentials, chatId: string, externalId: string): Promise<void>;
  fetchMedia(credentials: Credentials, fileId: string, maxBytes: number): Promise<{ ok: true; media: InlineMedia } | PeerFailure>;
  /** For platforms that announce a message without its content: what it is for the account. */
  readMessage?(
    credentials: Credentials,
    externalId: string,
    accountId: string,
  ): Promise<{ ok: true; events: InboundEvent[] } | PeerFailure>;
  profileOf?(
    credentials: Credentials,
    chatId: string,
  ): Promise<{ ok: true; firstName?: string; username?: string } | PeerFailure>;
  /** For platforms that call us only after a subscription. May be repeated at any time. */
  subscribe?(credentials: Credentials): Promise<({ ok: true } | PeerFailure) & { parentAccountId?: string }>;
  /** Whether that subscription still stands, by one quick look; null: the platform does not tell. */
  isSubscribed?(credentials: Credentials): Promise<boolean | null>;
  /** For platforms that show commands and a description of a bot. May be repeated at any time. Throws the platform's refusal. */
  introduce?(credentials: Credentials, profiles: readonly BotProfile[]): Promise<void>;
  /** For platforms whose tokens expire. Needs a token that still works. */
  renewToken?(credentials: Credentials): Promise<{ ok: true; credentials: Credentials; expiresInMs: number } | PeerFailure>;
}

/** What people see of a bot before they write to it. */
export interface BotProfile {
  /** Null: for everybody else. */
  language: 'en' | 'ru' | 'uz' | null;
  commands: readonly { command: string; description: string }[];
  description: string;
  shortDescription: string;
}

/** Everything known about a channel before it is connected. Nothing outside its folder compares its `kind`. */
interface ChannelFacts {
  readonly kind: ChannelKind;
  readonly name: string;
  readonly icon: string;
  /** The cheapest plan that includes the channel. */
  readonly plan: PlanName;
  readonly fields: readonly CredentialField[];
  /** Errors about the account are shown at this field. */
  readonly accountField: string;
  readonly textLimit: TextLimit;
  /** What the AI's Markdown becomes. */
  readonly textForm: TextForm;
  /** Limits of a message with a photo or a button; absent for channels that only take text. */
  readonly parts?: Omit<PartRules, 'text'>;
  /** What a person may send; absent: text only. */
  readonly files?: FileRules;
  /** How long after the customer's last message we may write freely; null = always. */
  readonly replyWindowMs: number | null;
  readonly outsideWindow: 'template' | 'nothing';
  /** How long to wait for more messages of a burst before the answer; 0: not at all. */
  quietTimeMs(message: InboundMessage): number;
  readonly typingMs: number;
  readonly marksRead: boolean;
  /** The platform fetches photos and files from us, so they need a public address. */
  readonly fetchesPhotos?: true;
  readonly handlePrefix: '' | '@';
  chatAddress(username: string): string;
  /** The account that well-formed credentials name, without a call; else null. */
  accountIdOf(credentials: Credentials): string | null;
}

/** One messaging platform. A folder exports it, and registry.ts has one line for it. */
export interface ChannelDefinition extends ChannelFacts {
  readonly webhook?: ChannelWebhook;
  /** `defaults`: the installation's own values of the fields. */
  connect(settings: ChannelSettings, defaults: Credentials): ChannelClient;
}

export type ConnectedWebhook = Omit<ChannelWebhook, 'platformSecrets'> & { readonly platformSecrets: readonly string[] };

export interface ChannelAdapter extends ChannelFacts, ChannelClient {
  readonly defaults: Credentials;
  readonly webhook?: ConnectedWebhook;
}

export type Channels = Readonly<Record<ChannelKind, ChannelAdapter | undefined>>;
