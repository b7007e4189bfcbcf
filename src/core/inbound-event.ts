import type { Attachment, InboundMessage, MessageKind } from './message.ts';
import type { PeerFailureReason } from './reasons.ts';

/** How far a message of ours came, least first; a later word never takes it back. */
export const RECEIPT_STATES = ['sent', 'delivered', 'read', 'failed'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

/** The platform's word on one of our messages. Words come late, twice and in any order. */
export interface Receipt {
  kind: 'receipt';
  externalId: string;
  /** Whatever the platform calls the customer there: of several names one is the conversation's chat. */
  chatIds: string[];
  state: ReceiptState;
  reason?: PeerFailureReason;
}

/** Something the business itself sent: our own reply coming back, or a person answering in the platform's app. */
export interface Echo {
  kind: 'echo';
  externalId: string;
  chatId: string;
  messageKind: MessageKind;
  text: string;
  attachment?: Attachment;
}

/** What a platform's delivery tells, in our words. */
export type InboundEvent =
  | { kind: 'message'; message: InboundMessage }
  | Receipt
  | Echo
  /** The customer took a message back. */
  | { kind: 'deletion'; externalId: string; chatId: string }
  /** Nothing for us; `what` names it for the log, without content. */
  | { kind: 'ignored'; what: string };

/** What one delivery says about one account. */
export interface AccountEvents {
  accountId: string;
  events: InboundEvent[];
}
