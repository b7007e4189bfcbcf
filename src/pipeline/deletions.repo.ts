import { storableText } from '#core/storable-text.ts';
import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const eraseDeletedMessages = report<{ connectionId: string; externalIds: string[] }>(
  import.meta.url,
  './statements/erase-deleted-messages.sql',
);

// An Instagram message with several attachments is stored in parts (channels/instagram).
const MAX_PARTS = 10;

export function createDeletionsRepo({ database }: { database: Database }) {
  return async (connectionId: string, externalIds: readonly string[]): Promise<void> => {
    const ids = externalIds
      .map(storableText)
      .flatMap((id) => [id, ...Array.from({ length: MAX_PARTS - 1 }, (_, part) => `${id}#${part + 1}`)]);
    await eraseDeletedMessages(database.sql, { connectionId, externalIds: ids });
  };
}

export type EraseDeletedMessages = ReturnType<typeof createDeletionsRepo>;
