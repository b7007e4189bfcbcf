// The message pipeline on a real database: our own interfaces (channel, composer, notices) are fakes, nothing else is.

import type { Composer } from '../../src/answering/answer.ts';
import { createOffers } from '../../src/answering/offers.ts';
import type { ChannelAdapter, PeerFailure } from '../../src/channels/channel.ts';
import { connectChannel } from '../../src/channels/channels.ts';
import { createSendPauses } from '../../src/channels/send-pauses.ts';
import { telegram } from '../../src/channels/telegram/telegram.channel.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { type AnswererDeps, createAnswerer } from '../../src/pipeline/answer-message.ts';
import { createGiveUp } from '../../src/pipeline/give-up.ts';
import { createPerformWork, type ReplyHandlers, type WorkOutcome } from '../../src/pipeline/perform-work.ts';
import { createReceiver, type WorkTaker } from '../../src/pipeline/receive-message.ts';
import { createReplyWorker } from '../../src/pipeline/reply-worker.ts';
import { createUsageService } from '../../src/pipeline/usage.service.ts';
import { type Claim, type ClaimedWork, claim, createSettler, postpone } from '../../src/pipeline/work.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { createNotifications } from '../../src/platform/db/notifications.ts';
import { createQueue } from '../../src/platform/jobs/queue.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createWorker, type JobHandlers } from '../../src/process/worker.ts';
import { aBusiness, type Shop } from './factories.ts';

export const silent = createLogger({ level: 'silent', secrets: [] });

export type { Shop } from './factories.ts';

/** A tenant with a bot on Telegram and `limit` AI answers a month. */
export const seedShop = (database: Pick<Database, 'sql'>, { limit = 1_000 } = {}): Promise<Shop> =>
  aBusiness({ maxMessages: limit }).withBot().in(database);

let messageNumber = 0;

/** A private text message; every call another external id. */
export function textMessage(chatId: string, text: string, rest: Partial<InboundMessage> = {}): InboundMessage {
  return {
    externalId: `${chatId}:${++messageNumber}`,
    chatId,
    isGroup: false,
    addressed: true,
    sender: { platformUserId: chatId, firstName: 'Lola', language: 'en' },
    kind: 'text',
    text,
    ...rest,
  };
}

export interface Sent {
  chatId: string;
  text: string;
}

/** A channel that keeps what it was told to send; `fails` gives the failures of the next sends, in order. */
export function fakeChannel() {
  const sent: Sent[] = [];
  const typing: string[] = [];
  const fetched: string[] = [];
  const fails: (PeerFailure | Error)[] = [];
  const { parts: _parts, sendRich: _sendRich, sendChoices: _sendChoices, ...textOnly } = connectChannel(telegram);
  const adapter: ChannelAdapter = {
    ...textOnly,
    textLimit: { max: 100, unit: 'utf16' },
    check: async () => ({ ok: false, reason: 'unreachable' }),
    async sendText(_credentials, chatId, text) {
      const failure = fails.shift();
      if (failure instanceof Error) throw failure;
      if (failure) return failure;
      sent.push({ chatId, text });
      return { ok: true, externalId: String(sent.length) };
    },
    async showTyping(_credentials, chatId) {
      typing.push(chatId);
    },
    async markRead() {},
    async fetchMedia(_credentials, fileId) {
      fetched.push(fileId);
      if (fileId === 'gone') return { ok: false, reason: 'rejected' };
      return { ok: true, media: { mimeType: 'image/jpeg', base64: 'aGk=' } };
    },
  };
  return { adapter, sent, typing, fetched, fails };
}

type Question = Parameters<Composer['compose']>[0];

/** Answers "AI: <text>", or "KB: <text>" when the AI is refused. */
export function fakeComposer(before: (question: Question) => Promise<void> = async () => {}) {
  const questions: Question[] = [];
  const composer: Composer = {
    async compose(question) {
      questions.push(question);
      await before(question);
      const mode = question.aiRefusal ? 'knowledge' : 'ai';
      return { text: `${mode === 'ai' ? 'AI' : 'KB'}: ${question.text}`, mode, reason: question.aiRefusal, sources: [] };
    },
  };
  return { composer, questions };
}

/** What the owner was told, by the notice's name. */
export function fakeNotices() {
  const told: string[] = [];
  const tell = (name: string) => async () => void told.push(name);
  return {
    told,
    notices: { needsPerson: tell('needsPerson'), quotaReached: tell('quotaReached'), connectionFailed: tell('connectionFailed') },
  };
}

const sentence = (language: string, key: string): string => `${language} ${key}`;
const NO_WORKER: WorkTaker = { roomFor: () => [], take: () => {} };

/** Receiver and answerer over `database`; each call is like another process. */
export function pipeline(
  database: Database,
  overrides: Partial<AnswererDeps> & { customerMessagesPerMinute?: number; taker?: WorkTaker } = {},
) {
  const channel = fakeChannel();
  const ai = fakeComposer();
  const { told, notices } = fakeNotices();
  const usage = createUsageService({ database, customerMessagesPerMinute: overrides.customerMessagesPerMinute ?? 0 });
  const settle = createSettler(database.sql);
  const answerOnly = createAnswerer({
    database,
    composer: ai.composer,
    entries: { entry: async () => null },
    aiConfigured: true,
    usage,
    channels: { telegram: channel.adapter, instagram: undefined, whatsapp: undefined },
    openCredentials: () => ({}),
    pauses: createSendPauses(),
    sentence,
    offers: createOffers({ sentence }),
    notices,
    answerLimits: usage.limits,
    settle,
    replyFiles: { prepare: async () => ({ ok: false, reason: 'file_gone' }) },
    logger: silent,
    ...overrides,
  });
  /** Answers claimed work, and settles or postpones it as the worker does. */
  async function answer(work: Claim): Promise<WorkOutcome> {
    const outcome = await answerOnly(work);
    if (outcome.kind === 'done') await settle({ ...work, requests: outcome.requests, reply: null });
    if (outcome.kind === 'later') await postpone(database.sql, work, outcome.delayMs);
    return outcome;
  }
  const giveUp = createGiveUp({ sql: database.sql, usage });
  return {
    ...channel,
    questions: ai.questions,
    told,
    usage,
    answer,
    giveUp,
    receive: createReceiver({ database, taker: overrides.taker ?? NO_WORKER }),
  };
}

/** Queue and worker, started; stop them in the end. */
export async function startWorker(database: Database, handlers: Partial<JobHandlers & ReplyHandlers>) {
  const notifications = createNotifications({ database, logger: silent });
  const queue = createQueue({ database, logger: silent, working: true });
  const replies = createReplyWorker({
    database,
    notifications,
    work: createPerformWork({
      sql: database.sql,
      settle: createSettler(database.sql),
      handlers: { reply: async () => ({ kind: 'lost' }), giveUp: async () => {}, ...handlers },
      logger: silent,
    }),
    logger: silent,
    concurrency: 600,
  });
  const worker = createWorker({
    queue,
    replies,
    logger: silent,
    handlers: {
      mail: async () => {},
      housekeeping: async () => {},
      connections: async () => {},
      suggestions: async () => {},
      quality: async () => {},
      ...handlers,
    },
  });
  await queue.start();
  await notifications.start();
  await worker.start();
  return {
    queue,
    replies,
    worker,
    async stop() {
      await worker.stop();
      await queue.stop();
      await notifications.stop();
    },
  };
}

/** Claimed work, with the newest message of its conversation. */
export type TestWork = ClaimedWork & { messageId: number };

/** A claim of nothing. */
export const NO_WORK: TestWork = { conversationId: newId(), connectionId: newId(), epoch: 0, tries: 0, messageId: 0 };

/** Takes all work from whoever had it and claims it, oldest first: what a new process does after the others have died. */
export async function claimWork({ sql }: Pick<Database, 'sql'>): Promise<TestWork[]> {
  await sql.query("UPDATE conversation_work SET state = 'ready', wake_at = now()");
  const { claimed } = await claim(sql, { most: 1_000, mostOfOne: 1_000, fullConnections: [] });
  const { rows } = await sql.query<{ id: string; messageId: number }>(
    'SELECT conversation_id AS id, newest_message_id AS "messageId" FROM conversation_work ORDER BY 2',
  );
  return rows.flatMap(({ id, messageId }) => {
    const work = claimed.find(({ conversationId }) => conversationId === id);
    return work ? [{ ...work, messageId }] : [];
  });
}

/** Messages of a connection in order: what the conversation's page would show. */
export async function messagesOf({ sql }: Pick<Database, 'sql'>, { connectionId }: Shop) {
  const { rows } = await sql.query<{
    id: number;
    direction: string;
    text: string;
    status: string;
    mode: string | null;
    reason: string | null;
    charged: boolean;
  }>(
    'SELECT id, direction, text, status, mode, reason, charged_month IS NOT NULL AS charged FROM messages WHERE connection_id = $1 ORDER BY id',
    [connectionId],
  );
  return rows;
}
