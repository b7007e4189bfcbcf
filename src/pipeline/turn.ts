import type { ReplyLanguage } from '#core/languages.ts';
import type { ChannelKind, HistoryTurn, InlineMedia, ReplyMode, Source } from '#core/message.ts';
import type { AiFailureReason, PeerFailureReason } from '#core/reasons.ts';
import type { TurnMessage } from '#core/turn.ts';

/** A reply as it is kept until the platform has all its parts. */
export interface OpenReply {
  id: number;
  text: string;
  status: 'pending' | 'sending';
  mode: ReplyMode;
  sentParts: number;
  /** Ids of the parts already sent, comma between. */
  externalId: string | null;
  /** Since the customer wrote, or of a person's since they did, by the database's clock. */
  ageMs: number;
  /** Of a person's words: since the customer last wrote. */
  customerAgeMs?: number | null;
}

/** 'stopped': nothing may be said any more; null: the turn is no longer ours. Nothing was written then, and nothing may be sent. */
export type SavedReply = OpenReply | 'stopped' | null;

/** Everything a turn needs, read in the statement that began it. `epoch` goes with every write; a stale one writes nothing. */
export interface Turn {
  conversationId: string;
  epoch: number;
  tenantId: string;
  bot: { id: string; name: string; systemPrompt: string; greeting: string | null; knowledgeVersion: number };
  connection: { id: string; tenantId: string; platform: ChannelKind; sealedSecrets: string };
  /** Nothing may be said: stopped.sql. */
  stopped: boolean;
  /** It is stopped because the plan does not cover the bot: what waits is kept. */
  beyondPlan: boolean;
  /** A person answers, here or in the platform's own app. */
  silenced: boolean;
  customerId: string | null;
  customerName: string;
  chatId: string;
  language: ReplyLanguage | null;
  languageChosen: boolean;
  customerLanguage: string | null;
  needsPerson: boolean;
  /** Unanswered, oldest first. */
  waiting: TurnMessage[];
  /** Oldest first. */
  history: HistoryTurn[];
  /** Of an earlier try: saved, not delivered. */
  reply: OpenReply | null;
  /** The month that the one message that waits is charged to already; null: what is asked must be charged first. */
  chargedMonth: string | null;
}

/** What is saved before it is sent. */
export interface NewReply {
  /** The plan had no answers left and nothing else fitted: the question is kept. */
  keep?: boolean;
  text: string;
  mode: ReplyMode;
  reason: AiFailureReason | 'no_knowledge' | null;
  sources: Source[];
}

/** answering, as the pipeline uses it. */
export interface Composer {
  compose(question: {
    tenantId: string;
    bot: { id: string; name: string; systemPrompt: string; knowledgeVersion: number };
    language: ReplyLanguage;
    text: string;
    media: InlineMedia[];
    history: HistoryTurn[];
    aiRefusal: AiFailureReason | null;
  }): Promise<{
    text: string;
    mode: 'ai' | 'knowledge' | 'fallback';
    reason: AiFailureReason | 'no_knowledge' | null;
    sources: Source[];
  }>;
}

/** features/notices, as the pipeline uses it. */
export interface TurnNotices {
  needsPerson(notice: {
    tenantId: string;
    botName: string;
    botId: string;
    conversationId: string;
    customerName: string;
  }): Promise<unknown>;
  quotaReached(notice: { tenantId: string }): Promise<unknown>;
  connectionFailed(notice: {
    tenantId: string;
    botName: string;
    botId: string;
    reason: PeerFailureReason & 'token_revoked';
  }): Promise<unknown>;
}
