// The message pipeline on a real database: our own interfaces (channel, composer, notices) are fakes, nothing else is.
import type { ChannelAdapter, PeerFailure } from '../../src/channels/channel.ts';
import { connectChannel } from '../../src/channels/channels.ts';
import { createSendPauses } from '../../src/channels/send-pauses.ts';
import { telegram } from '../../src/channels/telegram/telegram.channel.ts';
import type { FixedSentence } from '../../src/core/decide-reply.ts';
import type { InboundMessage } from '../../src/core/message.ts';
import { type AnswererDeps, createAnswerer } from '../../src/pipeline/answer-message.ts';
import { createGiveUp } from '../../src/pipeline/give-up.ts';
import { createReceiver, type JobTaker } from '../../src/pipeline/receive-message.ts';
import { settleReplyJobsSql, takeReplyJobsSql } from '../../src/pipeline/reply-jobs.ts';
import { createReplyWorker, type ReplyHandlers } from '../../src/pipeline/reply-worker.ts';
import type { Composer } from '../../src/pipeline/turn.ts';
import { createUsageService } from '../../src/pipeline/usage.service.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { createNotifications } from '../../src/platform/db/notifications.ts';
import { createQueue } from '../../src/platform/jobs/queue.ts';
import { createLogger } from '../../src/platform/logger.ts';
import { createWorker, type JobHandlers } from '../../src/process/worker.ts';

export const silent = createLogger({ level: 'silent', secrets: [] });

export interface Shop {
  tenantId: string;
  botId: string;
  connectionId: string;
}

/** A tenant with a bot on Telegram and `limit` AI answers a month. */
export async function seedShop({ sql }: Pick<Database, 'sql'>, { limit = 1_000 } = {}): Promise<Shop> {
  const [tenantId, botId, connectionId] = [newId(), newId(), newId()];
  await sql.query("INSERT INTO tenants (id, name) VALUES ($1, 'Non')", [tenantId]);
  await sql.query('INSERT INTO subscriptions (id, tenant_id, max_bots, max_messages_per_month) VALUES ($1, $2, 1, $3)', [
    newId(),
    tenantId,
    limit,
  ]);
  await sql.query("INSERT INTO bots (id, tenant_id, name, system_prompt) VALUES ($1, $2, 'Aida', 'Be kind.')", [botId, tenantId]);
  await sql.query(
    `INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, sealed_secrets, secret_last4, state)
     VALUES ($1, $2, $3, 'telegram', $4, 'sealed', '1234', 'ACTIVE')`,
    [connectionId, tenantId, botId, connectionId],
  );
  return { tenantId, botId, connectionId };
}

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
  const fails: (PeerFailure | Error)[] = [];
  const { parts: _parts, sendRich: _sendRich, ...textOnly } = connectChannel(telegram);
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
    fetchMedia: async (_credentials, fileId) =>
      fileId === 'gone' ? { ok: false, reason: 'rejected' } : { ok: true, media: { mimeType: 'image/jpeg', base64: 'aGk=' } },
  };
  return { adapter, sent, typing, fails };
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

const NO_WORKER: JobTaker = { roomFor: () => [], take: () => {} };

/** Receiver and answerer over `database`; each call is like another process. */
export function pipeline(
  database: Database,
  overrides: Partial<AnswererDeps> & { customerMessagesPerMinute?: number; taker?: JobTaker } = {},
) {
  const channel = fakeChannel();
  const ai = fakeComposer();
  const { told, notices } = fakeNotices();
  const usage = createUsageService({ database, customerMessagesPerMinute: overrides.customerMessagesPerMinute ?? 0 });
  const answer = createAnswerer({
    database,
    composer: ai.composer,
    aiConfigured: true,
    usage,
    channels: { telegram: channel.adapter, instagram: undefined, whatsapp: undefined },
    openCredentials: () => ({}),
    pauses: createSendPauses(),
    sentence: (language: string, key: FixedSentence) => `${language} ${key}`,
    notices,
    settleReplyJobsSql,
    logger: silent,
    ...overrides,
  });
  const giveUp = createGiveUp({ sql: database.sql, usage });
  return {
    ...channel,
    questions: ai.questions,
    told,
    usage,
    answer,
    giveUp,
    receive: createReceiver({ database, takeReplyJobsSql, taker: overrides.taker ?? NO_WORKER }),
  };
}

/** Queue and worker, started; stop them in the end. */
export async function startWorker(database: Database, handlers: Partial<JobHandlers & ReplyHandlers>) {
  const notifications = createNotifications({ database, logger: silent });
  const queue = createQueue({ database, notifications, logger: silent, working: true });
  const replies = createReplyWorker({
    queue,
    notifications,
    logger: silent,
    concurrency: 600,
    handlers: { reply: async () => undefined, deadReply: async () => {}, ...handlers },
  });
  const worker = createWorker({
    queue,
    replies,
    logger: silent,
    handlers: {
      mail: async () => {},
      housekeeping: async () => {},
      connections: async () => {},
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

/** The jobs that wait, as the worker would be handed them, oldest first. */
export async function waitingJobs({ sql }: Pick<Database, 'sql'>): Promise<{ conversationId: string; messageId: number }[]> {
  const { rows } = await sql.query<{ data: { conversationId: string; messageId: number } }>(
    "SELECT data FROM pgboss.job WHERE name = 'reply' AND state < 'active' ORDER BY (data->>'messageId')::bigint",
  );
  return rows.map(({ data }) => data);
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
