import type { ChannelKind, InlineMedia } from '#core/message.ts';
import type { PeerFailureReason } from '#core/reasons.ts';

/** A platform did not do what we asked. An expected event, so a value and not an exception. */
export interface PeerFailure {
  ok: false;
  reason: PeerFailureReason;
  /** How long the platform told us to wait. */
  retryAfterMs?: number;
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

/** The most a channel takes in one message. */
export interface TextLimit {
  max: number;
  unit: 'utf16' | 'utf8-bytes';
}

/** One messaging platform, as the rest of the product sees it. */
export interface ChannelAdapter {
  readonly kind: ChannelKind;
  /** Draws the connect form. */
  readonly credentialFields: readonly CredentialField[];
  readonly textLimit: TextLimit;
  /** How long after the customer's last message we may write freely; null = always. */
  readonly replyWindowMs: number | null;
  /** The account the credentials name, without asking the platform; null when they are not even well-formed. */
  accountIdOf(credentials: Credentials): string | null;
  /** Asks the platform whose credentials these are. */
  check(credentials: Credentials): Promise<{ ok: true; accountId: string; displayName: string; username?: string } | PeerFailure>;
  /** Sends one part, at most `textLimit` long. */
  sendText(credentials: Credentials, chatId: string, text: string): Promise<{ ok: true; externalId: string } | PeerFailure>;
  /** Shows "typing…"; failures do not matter and are swallowed. */
  showTyping(credentials: Credentials, chatId: string): Promise<void>;
  /** The bytes behind an attachment's fileId, at most `maxBytes`. */
  fetchMedia(credentials: Credentials, fileId: string, maxBytes: number): Promise<{ ok: true; media: InlineMedia } | PeerFailure>;
}
