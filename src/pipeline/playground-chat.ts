// Playground conversations are rows like the customers', without a connection. The playground decides what is in them.
import { report } from '#platform/db/statement.ts';

export interface PlaygroundTurnRow {
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
  tookMs: number;
}

/** Saves a question and its answer. Saves nothing when the bot is gone. */
export const savePlaygroundTurn = report<PlaygroundTurnRow>(import.meta.url, './statements/save-playground-turn.sql');

/** Deletes the conversation with its messages. */
export const resetPlaygroundChat = report<{ tenantId: string; conversationId: string }>(
  import.meta.url,
  './statements/reset-playground-chat.sql',
);
