import type { Database } from '#platform/db/database.ts';

// An Instagram message with several attachments is kept in parts: channels/instagram.
const MAX_PARTS = 10;

/** Forgets what customers took back: that something was there stays, what it was does not. Not yet answered, it never is. */
export function createDeletionsRepo({ database }: { database: Database }) {
  return async (connectionId: string, externalIds: readonly string[]): Promise<void> => {
    const parts = externalIds
      .map((id) => id.replaceAll('\u0000', ''))
      .flatMap((id) => [id, ...Array.from({ length: MAX_PARTS - 1 }, (_, part) => `${id}#${part + 1}`)]);
    await database.sql.query(
      `UPDATE messages SET text = '', attachment = NULL, kind = 'deleted', status = CASE status WHEN 'received' THEN 'ignored' ELSE status END
       WHERE connection_id = $1 AND direction = 'in' AND external_id = ANY($2)`,
      [connectionId, parts],
    );
  };
}

export type ForgetMessages = ReturnType<typeof createDeletionsRepo>;
