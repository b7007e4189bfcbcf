// Rows like the customers', without a connection. The playground decides their content.
import type { OutcomeColumns } from '#core/answer-outcome.ts';
import { report } from '#platform/db/statement.ts';

export interface PlaygroundTurnRow extends OutcomeColumns {
  tenantId: string;
  botId: string;
  conversationId: string;
  userId: string;
  language: string;
  text: string;
  reply: string;
  mode: string;
  reason: string | null;
  /** JSON. */
  sources: string;
  /** JSON. */
  choices: string | null;
  tookMs: number;
  /** JSON. */
  aiTrace: string | null;
}

/** Saves nothing when the bot is gone. */
export const savePlaygroundTurn = report<PlaygroundTurnRow, { id: number }>(
  import.meta.url,
  './statements/save-playground-turn.sql',
);

export const resetPlaygroundChat = report<{ tenantId: string; conversationId: string }>(
  import.meta.url,
  './statements/reset-playground-chat.sql',
);
