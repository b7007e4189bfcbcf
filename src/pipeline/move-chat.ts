import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** `leaseEpoch` is null where no lease is needed. */
export interface ChatMove {
  connectionId: string;
  leaseEpoch: number | null;
  chatId: string;
  movedTo: string;
}

export const joinConversations = report<{
  connectionId: string;
  leaseEpoch: number | null;
  keptChat: string;
  goneChat: string;
}>(import.meta.url, './statements/join-conversations.sql');
const moveChat = report<ChatMove>(import.meta.url, './statements/move-chat.sql');

/** A group has another id; its conversation goes on. Safe to repeat. */
export const createMoveChat =
  ({ database }: { database: Database }) =>
  async (move: ChatMove): Promise<void> => {
    await database.inTransaction(async (tx) => {
      const { connectionId, leaseEpoch, chatId, movedTo } = move;
      await joinConversations(tx, { connectionId, leaseEpoch, keptChat: chatId, goneChat: movedTo });
      await moveChat(tx, move);
    });
  };

export type MoveChat = ReturnType<typeof createMoveChat>;
