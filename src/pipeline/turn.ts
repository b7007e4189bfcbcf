import type { AnswerTrace } from '#answering/answer.ts';
import type { AiSpent } from '#core/ai-spent.ts';
import type { AnswerOutcome } from '#core/answer-outcome.ts';
import type { Choices } from '#core/choices.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { Attachment, ChannelKind, HistoryTurn, MessageKind, Place, ReplyMode, Source } from '#core/message.ts';
import type { AiFailureReason, PeerFailureReason } from '#core/reasons.ts';
import type { TurnMessage } from '#core/turn.ts';

export interface OpenReply {
  id: number;
  text: string;
  status: 'pending' | 'sending';
  mode: ReplyMode;
  sentParts: number;
  /** Where in a chat of several people or topics. */
  place?: Place | null;
  /** Ids of the sent parts, comma-separated. */
  externalId: string | null;
  /** Since the customer wrote (a staff reply: since it was written), by the database's clock. */
  ageMs: number;
  /** Buttons under it. */
  choices?: Choices | null;
  /** A file that a person sends. */
  kind?: MessageKind;
  attachment?: Attachment | null;
  /** Since the customer wrote by the platform's clock: the question, or for a staff reply the last words. */
  customerAgeMs?: number | null;
}

/** 'not_saved': the connection was stopped, or the words were withdrawn or reworded: the turn begins anew. Null: the turn is no longer ours, and nothing was written. */
export type SavedReply = OpenReply | 'not_saved' | null;

/** Read in the statement that began the turn. `epoch` goes with every write; a stale one writes nothing. */
export interface Turn {
  conversationId: string;
  epoch: number;
  /** The number of requests for work, as read here. */
  requests: number;
  tenantId: string;
  bot: {
    id: string;
    name: string;
    systemPrompt: string;
    greeting: string | null;
    knowledgeVersion: number;
    /** 0: no facts are filled in. */
    factsVersion: number;
  };
  /** Of the bot's facts, else of the business. */
  timeZone: string;
  connection: { id: string; tenantId: string; platform: ChannelKind; sealedSecrets: string };
  /** The SQL function is_stopped. */
  stopped: boolean;
  /** Stopped because the plan does not cover the bot: waiting messages are held. */
  beyondPlan: boolean;
  /** A person answers, here or in the platform's app. */
  silenced: boolean;
  customerId: string | null;
  customerName: string;
  chatId: string;
  isGroup: boolean;
  language: ReplyLanguage | null;
  languageChosen: boolean;
  customerLanguage: string | null;
  needsPerson: boolean;
  /** Unanswered, oldest first. */
  waiting: TurnMessage[];
  /** Oldest first. */
  history: HistoryTurn[];
  /** Saved by an earlier try, not delivered. */
  reply: OpenReply | null;
  /** Counted up to two. */
  openReplies: number;
  /** The month the only waiting message was charged to; null: not charged yet. */
  chargedMonth: string | null;
  /** The business has no plan; known when it was charged. */
  free: boolean;
}

export interface NewReply {
  /** The plan had no answers left and nothing else fitted, so the question is held. */
  keep?: boolean;
  text: string;
  mode: ReplyMode;
  reason: AiFailureReason | 'no_knowledge' | null;
  sources: Source[];
  choices?: Choices;
  /** Only a person can answer it. */
  forPerson?: boolean;
  /** For the receipt. */
  trace?: Partial<AnswerTrace>;
  /** What the AI said about its answer. */
  outcome?: AnswerOutcome;
  spent?: AiSpent;
  /** What the AI saw or heard in the files, when it was described now. */
  mediaText?: string;
  blocked?: boolean;
}

export interface TurnNotices {
  needsPerson(notice: {
    tenantId: string;
    botName: string;
    botId: string;
    conversationId: string;
    customerName: string;
    /** The customer's own words. */
    question: string;
  }): Promise<unknown>;
  quotaReached(notice: { tenantId: string }): Promise<unknown>;
  connectionFailed(notice: {
    tenantId: string;
    botName: string;
    botId: string;
    reason: PeerFailureReason & 'token_revoked';
  }): Promise<unknown>;
}
