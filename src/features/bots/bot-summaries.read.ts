import type { ChannelKind } from '#core/message.ts';
import type { ConnectionFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** `unfinished`: the platform has not called yet. `unconnected`: no connection. */
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

const listSummaries = report<
  { tenantId: string; promptChars: number; callingChannels: readonly ChannelKind[] },
  Omit<BotSummary, 'health'>
>(import.meta.url, './statements/list-bot-summaries.sql');

// Most urgent first. INACTIVE is last, because the owner stopped it on purpose.
const BY_URGENCY = ['FAILED', 'PENDING', 'unfinished', 'ACTIVE', 'INACTIVE'] as const;

export function healthOf(connections: readonly Pick<ConnectionSummary, 'state' | 'isUnfinished'>[]): BotHealth {
  const states = connections.map(({ state, isUnfinished }) => (isUnfinished ? 'unfinished' : state));
  return BY_URGENCY.find((state) => states.includes(state)) ?? 'unconnected';
}

/** Newest first. `calling`: the channels that call us. */
export function createBotSummaries({ database, calling }: { database: Database; calling: readonly ChannelKind[] }) {
  return async (tenantId: string): Promise<BotSummary[]> => {
    const rows = await listSummaries(database.sql, { tenantId, promptChars: PROMPT_CHARS, callingChannels: calling });
    return rows.map((bot) => ({ ...bot, health: healthOf(bot.connections) }));
  };
}

export type BotSummaries = ReturnType<typeof createBotSummaries>;
