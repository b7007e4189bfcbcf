import type { Attachment, InboundMessage, MessageKind } from './message.ts';
import type { PeerFailureReason } from './reasons.ts';

/** How far one of our messages came, in order. A later receipt never moves it back. */
export const RECEIPT_STATES = ['sent', 'delivered', 'read', 'failed'] as const;
export type ReceiptState = (typeof RECEIPT_STATES)[number];

/** A delivery receipt for one of our messages. Receipts arrive late, twice and in any order. */
export interface Receipt {
  kind: 'receipt';
  externalId: string;
  /** All ids the platform gives for the customer; one of them is the chat id of the conversation. */
  chatIds: string[];
  state: ReceiptState;
  reason?: PeerFailureReason;
}

/** An echo of our reply, or a person who answers in the platform's app. */
export interface Echo {
  kind: 'echo';
  externalId: string;
  chatId: string;
  /** Further ids of the customer. */
  otherIds?: string[];
  messageKind: MessageKind;
  text: string;
  attachment?: Attachment;
}

/** A customer withdrew a message, which may come after it. */
export interface Deletion {
  kind: 'deletion';
  externalId: string;
  chatId: string;
  sender: InboundMessage['sender'];
}

/** The platform knows a person by other ids from now on. */
export interface ChangedIds {
  kind: 'changed_ids';
  was: string[];
  platformUserId: string;
  otherId?: string;
}

/** What a person told the platform about advertising: no more of it, or again. */
export interface MarketingChoice {
  kind: 'marketing';
  chatIds: string[];
  out: boolean;
}

/** What a platform says of the business's account, its number or its templates. `said`: the platform's words. */
export const ACCOUNT_NOTICES = [
  'template_rejected',
  'template_paused',
  'template_disabled',
  'template_flagged',
  'template_category',
  'quality_low',
  'limit_lowered',
  'name_rejected',
  'account_rejected',
  'account_violation',
  'account_restricted',
  'account_disabled',
  'account_deleted',
  'access_removed',
  'alert',
] as const;
export interface AccountNotice {
  kind: 'account_notice';
  notice: (typeof ACCOUNT_NOTICES)[number];
  /** The template, the limit, the violation. */
  about?: string;
  said?: string;
  /** Digits of the number that it is about; absent: of all numbers. */
  number?: string;
}

export type InboundEvent =
  | { kind: 'message'; message: InboundMessage }
  | Receipt
  | Echo
  | ChangedIds
  | MarketingChoice
  | AccountNotice
  | Deletion
  /** A new message whose content the platform must be asked for. */
  | { kind: 'unread'; externalId: string }
  /** `what` names it for the log, without content. */
  | { kind: 'ignored'; what: string };

export interface AccountEvents {
  /** '' where only the account above is named. */
  accountId: string;
  parentAccountId?: string;
  events: InboundEvent[];
}
