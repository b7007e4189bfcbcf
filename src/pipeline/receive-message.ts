import type { InboundMessage } from '#core/message.ts';
import { createBatcher } from '#platform/batcher.ts';
import { newId } from '#platform/crypto/ids.ts';
import type { Database } from '#platform/db/database.ts';
import { notifySql } from '#platform/db/notifications.ts';
import { retryOnConflict } from '#platform/db/retry.ts';

export const MAX_TEXT_CHARS = 8_000;
const MAX_NAME_CHARS = 128;
const MAX_ID_CHARS = 256;

export interface Intake {
  connectionId: string;
  /** Of the poller's lease; null for webhooks, which need none. */
  leaseEpoch: number | null;
  messages: readonly InboundMessage[];
}

/** A job that is claimed already (pipeline/reply-jobs). */
export interface TakenJob {
  id: string;
  retryCount: number;
  groupId: string | null;
  conversationId: string;
  messageId: number;
}

/** Who performs jobs in this process (pipeline/reply-worker): spares a message the way through the queue. */
export interface JobTaker {
  /** Of connections and how many messages each brings: whose jobs may be made as claimed. */
  roomFor(messages: ReadonlyMap<string, number>): string[];
  take(jobs: readonly TakenJob[]): void;
}

// Long enough to meet the updates of other bots, too short to be felt.
const BATCH = { spacingMs: 10, maxItems: 50 };
// What brings more at once, of a bot that is flooded, goes by a way of its own: others need not wait for it to be stored.
const FEW = 10;

/**
 * The one entrance for customers' messages. Stores them with their customers, conversations and jobs in one statement, so
 * all or nothing, before the platform is told that we have them. A redelivered message changes nothing. Group messages that
 * do not address the bot are other people's talk: they are not kept. A quiet one is kept and nobody works on it. What arrives for several connections at once goes into
 * one statement; each is accepted for itself.
 * `accepted: false`: the lease is no longer ours or the connection is gone; nothing was written.
 * @throws when the database did not take it; the platform must then deliver again.
 */
export function createReceiver({
  database,
  takeReplyJobsSql,
  taker,
}: {
  database: Database;
  /** pipeline/reply-jobs: a job per row of a source. */
  takeReplyJobsSql: (source: string) => string;
  taker: JobTaker;
}) {
  const text = statement(takeReplyJobsSql('queued'));

  async function store(intakes: Intake[]): Promise<{ accepted: boolean }[]> {
    const values = [
      intakes.map(({ connectionId }) => connectionId),
      intakes.map(({ leaseEpoch }) => leaseEpoch),
      intakes.flatMap(({ messages }, i) =>
        messages.filter(isForUs).map((message, ord) => JSON.stringify(rowOf(message, i + 1, ord))),
      ),
      taker.roomFor(countsOf(intakes)),
    ];
    const { rows } = await retryOnConflict(() =>
      database.sql.query<{ accepted: number[]; taken: TakenJob[] | null }>({ name: 'receive-messages', text, values }),
    );
    taker.take(rows[0]?.taken ?? []);
    const accepted = new Set(rows[0]?.accepted);
    return intakes.map((_, i) => ({ accepted: accepted.has(i + 1) }));
  }

  const few = createBatcher<Intake, { accepted: boolean }>({ ...BATCH, flush: store });
  const many = createBatcher<Intake, { accepted: boolean }>({ ...BATCH, flush: store });
  return (intake: Intake): Promise<{ accepted: boolean }> => (intake.messages.length > FEW ? many : few).add(intake);
}

export type Receiver = ReturnType<typeof createReceiver>;

function countsOf(intakes: Intake[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { connectionId, messages } of intakes) counts.set(connectionId, (counts.get(connectionId) ?? 0) + messages.length);
  return counts;
}

const isForUs = ({ isGroup, addressed }: InboundMessage): boolean => addressed || !isGroup;

/** One message as the statement reads it, capped: of which intake, at which place. Postgres has no NUL in text. */
function rowOf(message: InboundMessage, intake: number, ord: number) {
  const { externalId, chatId, isGroup, sender, kind, text, attachment, quiet } = message;
  return {
    intake,
    ord,
    external_id: cut(externalId, MAX_ID_CHARS),
    chat_id: cut(chatId, MAX_ID_CHARS),
    is_group: isGroup,
    platform_user_id: cut(sender.platformUserId, MAX_ID_CHARS),
    username: cut(sender.username, MAX_NAME_CHARS),
    first_name: cut(sender.firstName, MAX_NAME_CHARS),
    last_name: cut(sender.lastName, MAX_NAME_CHARS),
    language: cut(sender.language, 16),
    kind,
    body: cut(text, MAX_TEXT_CHARS) ?? '',
    attachment: attachment
      ? Object.fromEntries(
          Object.entries(attachment).map(([field, value]) => [field, typeof value === 'string' ? cut(value, 1_024) : value]),
        )
      : null,
    status: quiet ? 'ignored' : 'received',
    new_customer: newId(),
    new_conversation: newId(),
  };
}

/** Whole code points only: half a surrogate pair is no text. */
function cut(value: string | undefined, max: number): string | null {
  if (value === undefined) return null;
  return value
    .replaceAll('\u0000', '')
    .slice(0, max)
    .toWellFormed()
    .replace(/\uFFFD$/, '');
}

// Looked up row by row: joined, each row would be compared with all others, since the planner expects one row of each.
const CUSTOMER =
  'SELECT id FROM customer WHERE connection_id = i.connection_id AND platform_user_id = i.platform_user_id LIMIT 1';
const CONVERSATION = 'SELECT id FROM conversation WHERE connection_id = i.connection_id AND chat_id = i.chat_id LIMIT 1';

/**
 * Conversations and customers are taken in the order of their keys, here and in every other statement, so that two of them
 * cannot lock each other out. A customer is written only when new or changed: most messages touch no customer row, and one that
 * says nothing of its sender changes nothing. What is looked up row by row stays a look-up by index, whatever the planner
 * believes of a table it has no statistics of.
 */
const statement = (queueJobs: string): string => `
  WITH owner AS (
    SELECT i.intake, c.id, c.tenant_id, c.bot_id
    FROM unnest($1::uuid[], $2::int[]) WITH ORDINALITY AS i(connection_id, epoch, intake) JOIN connections c ON c.id = i.connection_id
    WHERE i.epoch IS NULL OR EXISTS (
      SELECT 1 FROM leases l WHERE l.connection_id = c.id AND l.epoch = i.epoch AND l.expires_at > now())),
  input AS (
    SELECT x.*, o.id AS connection_id, o.tenant_id, o.bot_id
    FROM unnest($3::json[]) AS row CROSS JOIN LATERAL json_to_record(row) AS x(intake int, ord int, external_id text,
      chat_id text, is_group boolean, platform_user_id text, username text, first_name text, last_name text, language text,
      kind text, body text, attachment jsonb, status text, new_customer uuid, new_conversation uuid)
    JOIN owner o ON o.intake = x.intake
    WHERE (SELECT m.id FROM messages m
      WHERE m.connection_id = o.id AND m.external_id = x.external_id AND m.direction = 'in' LIMIT 1) IS NULL),
  sender AS (
    SELECT i.*, known.id AS known_id
    FROM (SELECT DISTINCT ON (connection_id, platform_user_id) * FROM input
      ORDER BY connection_id, platform_user_id, intake DESC, ord DESC) i
    LEFT JOIN LATERAL (SELECT c.id FROM customers c
      WHERE c.connection_id = i.connection_id AND c.platform_user_id = i.platform_user_id AND c.unreachable_at IS NULL
        AND (coalesce(i.username, i.first_name, i.last_name, i.language) IS NULL OR (c.username, c.first_name, c.last_name, c.language)
          IS NOT DISTINCT FROM (i.username, i.first_name, i.last_name, coalesce(i.language, c.language)))
      LIMIT 1) known ON true),
  written AS (
    INSERT INTO customers AS c (id, tenant_id, bot_id, connection_id, platform_user_id, username, first_name, last_name, language)
    SELECT new_customer, tenant_id, bot_id, connection_id, platform_user_id, username, first_name, last_name, language
    FROM sender WHERE known_id IS NULL ORDER BY connection_id, platform_user_id
    ON CONFLICT (connection_id, platform_user_id) DO UPDATE SET username = excluded.username, first_name = excluded.first_name,
      last_name = excluded.last_name, language = coalesce(excluded.language, c.language), unreachable_at = NULL
    RETURNING id, connection_id, platform_user_id),
  customer AS (
    SELECT known_id AS id, connection_id, platform_user_id FROM sender WHERE known_id IS NOT NULL
    UNION ALL SELECT id, connection_id, platform_user_id FROM written),
  conversation AS (
    INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, is_group)
    SELECT DISTINCT ON (connection_id, i.chat_id) i.new_conversation, i.tenant_id, i.bot_id, i.connection_id, c.id, i.chat_id, i.is_group
    FROM input i CROSS JOIN LATERAL (${CUSTOMER}) c ORDER BY connection_id, i.chat_id, i.intake, i.ord
    ON CONFLICT (connection_id, chat_id) DO UPDATE SET last_message_at = now()
    RETURNING id, connection_id, chat_id),
  stored AS (
    INSERT INTO messages (tenant_id, conversation_id, connection_id, customer_id, direction, external_id, kind, text, attachment, status)
    SELECT i.tenant_id, v.id, i.connection_id, c.id, 'in', i.external_id, i.kind, i.body, i.attachment, i.status::"MessageStatus"
    FROM input i CROSS JOIN LATERAL (${CONVERSATION}) v CROSS JOIN LATERAL (${CUSTOMER}) c
    ORDER BY i.intake, i.ord
    ON CONFLICT (connection_id, external_id) WHERE direction = 'in' DO NOTHING
    RETURNING id, conversation_id, connection_id, status),
  queued AS (
    SELECT conversation_id, max(id) AS message_id, connection_id, connection_id = ANY($4::uuid[]) AS take FROM stored WHERE status = 'received' GROUP BY conversation_id, connection_id),
  ${queueJobs},
  ticked AS (
    UPDATE connections SET first_message_at = now()
    WHERE id = ANY($1::uuid[]) AND first_message_at IS NULL AND id IN (SELECT connection_id FROM stored) RETURNING 1)
  SELECT ARRAY(SELECT intake::int FROM owner) AS accepted,
    (SELECT count(*) FROM ticked) AS ticked, (SELECT json_agg(t) FROM taken t) AS taken,
    CASE WHEN EXISTS (SELECT 1 FROM job) THEN ${notifySql('jobs')} END AS notified`;
