import type { AiSpent } from '#core/ai-spent.ts';
import type { AnswerOutcome } from '#core/answer-outcome.ts';
import type { BusinessFacts } from '#core/business-facts.ts';
import type { Choices } from '#core/choices.ts';
import type { ReplyLanguage } from '#core/languages.ts';
import type { HistoryTurn, InlineMedia, Source } from '#core/message.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import type { Reference } from '#core/reference.ts';
import type { LanguageWhy } from '#core/reply-language.ts';
import type { KnowledgeSearch } from './knowledge-search.ts';

export interface CustomerTurn {
  tenantId: string;
  bot: { id: string; name: string; systemPrompt: string; knowledgeVersion: number; factsVersion?: number };
  language: ReplyLanguage;
  text: string;
  media: InlineMedia[];
  /** What is in the files, when an earlier try described them. */
  mediaText?: string;
  history: HistoryTurn[];
  /** What the latest messages refer to, oldest first. */
  refersTo?: readonly Reference[];
  /** Asia/Tashkent when unknown. */
  timeZone?: string;
  /** When the customer wrote it, if that is long ago. */
  writtenAt?: Date;
  /** The business has no plan. */
  free?: boolean;
  /** Null: ask the AI. */
  aiRefusal: AiFailureReason | null;
}

export interface ComposedAnswer {
  text: string;
  mode: 'ai' | 'knowledge' | 'fallback';
  /** Why it is not the AI's. `no_knowledge`: nothing fits and a person is needed. Small talk needs nobody. */
  reason: AiFailureReason | 'no_knowledge' | null;
  sources: Source[];
  /** Only a person can answer it. */
  forPerson?: boolean;
  /** Entries the customer may choose among, when it was not clear which one answers. */
  options?: Source[];
  /** The same as buttons. */
  choices?: Choices;
  /** Missing when the answer is not the AI's. */
  outcome?: AnswerOutcome;
  /** What is in the files, when this answer needed it in words. */
  mediaText?: string;
  /** The AI would not answer what was asked. */
  blocked?: boolean;
  /** Some file could not be read, so the answer is about the words alone. */
  filesRefused?: boolean;
  /** Missing when the AI was not asked. */
  spent?: AiSpent;
  /** What the AI was given, best match first, and what the guard said. Of an answer from the facts, `facts` alone. */
  trace?: Partial<AnswerTrace>;
}

/** Whether it is one answer of the plan: the AI answered, or would not answer what was asked. */
export const isCharged = ({ mode, blocked = false }: { mode: string | null; blocked?: boolean }): boolean =>
  mode === 'ai' || blocked;

export type EntryTurn = Pick<CustomerTurn, 'tenantId' | 'bot' | 'language'>;

/** Makes answers, as those who ask for one see it. */
export interface Composer {
  compose(turn: CustomerTurn): Promise<ComposedAnswer>;
}

/** Answers with one entry, in the customer's script. Null: the bot has no such entry. */
export interface EntryAnswers {
  entry(turn: EntryTurn, entryId: string): Promise<ComposedAnswer | null>;
}

export interface AnswerTrace {
  language: ReplyLanguage;
  given: Source[];
  /** Whether that was all the bot knows. */
  isAll: boolean;
  /** Whether the owner's business facts were given, or are the answer. */
  facts?: boolean;
  guard: GuardVerdict;
  /** Of the sources, in their order: what the answer most likely rests on. */
  passages?: string[];
}

/** What is kept of an answer for its receipt. */
export interface StoredTrace extends Partial<AnswerTrace> {
  language: ReplyLanguage;
  languageWhy?: LanguageWhy;
  /** `given` holds the first of them. */
  givenCount?: number;
}

/** Titles that a receipt shows. */
const GIVEN_KEPT = 5;

export const storedTrace = (
  trace: Partial<AnswerTrace> | undefined,
  { language, why }: { language: ReplyLanguage; why: LanguageWhy },
): StoredTrace => ({
  ...trace,
  language,
  languageWhy: why,
  ...(trace?.given && { given: trace.given.slice(0, GIVEN_KEPT), givenCount: trace.given.length }),
});

/** What the guard over prices, phones, dates, times and links found. */
export interface GuardVerdict {
  /** What the first answer said that nothing given says; [] when it passed. */
  stopped: string[];
  /** The second answer was no better, so the customer got none of them. */
  refused: boolean;
}

/** Null when the owner filled in none. */
export type FactsOf = (turn: Pick<CustomerTurn, 'tenantId' | 'bot'>) => Promise<BusinessFacts | null>;

export type AnswerSearch = Pick<KnowledgeSearch, 'choose' | 'titled' | 'byId' | 'forPrompt'>;
