import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';

/** How a bot is, in one word: the worst of its connections; `unfinished` its platform has not called yet, `unconnected` without any. */
export type BotHealth = ConnectionSummary['state'] | 'unfinished' | 'unconnected';

export interface ConnectionSummary {
  id: string;
  platform: ChannelKind;
  username: string | null;
  displayName: string | null;
  state: 'ACTIVE' | 'PENDING' | 'FAILED' | 'INACTIVE';
  isUnfinished: boolean;
  failureReason: ConnectionFailureReason | null;
}

export interface BotSummary {
  id: string;
  name: string;
  systemPrompt: string;
  knowledgeCount: number;
  lastMessageAt: Date | null;
  connections: ConnectionSummary[];
  health: BotHealth;
}

const PROMPT_CHARS = 160;

const LIST = `SELECT b.id, b.name, left(b.system_prompt, ${PROMPT_CHARS}) AS "systemPrompt",
    (SELECT count(*) FROM knowledge_entries k WHERE k.bot_id = b.id) AS "knowledgeCount",
    (SELECT c.last_message_at FROM conversations c WHERE c.bot_id = b.id AND c.connection_id IS NOT NULL
      ORDER BY c.last_message_at DESC LIMIT 1) AS "lastMessageAt",
    coalesce((SELECT json_agg(json_build_object('id', n.id, 'platform', n.platform, 'username', n.username,
      'displayName', n.display_name, 'state', n.state,
      'isUnfinished', n.state = 'ACTIVE' AND n.verified_at IS NULL AND n.platform = ANY($2::"Platform"[]), 'failureReason', n.failure_reason) ORDER BY n.id)
      FROM connections n WHERE n.bot_id = b.id), '[]') AS connections
  FROM bots b WHERE b.tenant_id = $1 ORDER BY b.id DESC`;

// FAILED before PENDING before ACTIVE: a bot is as well as its worst connection that is meant to work.
const BY_URGENCY = ['FAILED', 'PENDING', 'unfinished', 'ACTIVE', 'INACTIVE'] as const;

/** The worst state among the connections. */
export function healthOf(connections: readonly Pick<ConnectionSummary, 'state' | 'isUnfinished'>[]): BotHealth {
  const states = connections.map(({ state, isUnfinished }) => (isUnfinished ? 'unfinished' : state));
  return BY_URGENCY.find((state) => states.includes(state)) ?? 'unconnected';
}

/** The tenant's bots as lists show them, newest first; one statement. `calling`: the platforms that call us. */
export function createBotSummaries({ database, calling }: { database: Database; calling: readonly ChannelKind[] }) {
  return async (tenantId: string): Promise<BotSummary[]> => {
    const { rows } = await database.sql.query<Omit<BotSummary, 'health'>>(LIST, [tenantId, calling]);
    return rows.map((bot) => ({ ...bot, health: healthOf(bot.connections) }));
  };
}

export type BotSummaries = ReturnType<typeof createBotSummaries>;
