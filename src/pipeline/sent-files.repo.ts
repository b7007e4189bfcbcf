import type { ChosenReplyFile, ReplyFile } from '#core/reply-file.ts';
import { OWN_STORE } from '#core/reply-file.ts';
import { isId, newId } from '#platform/crypto/ids.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

/** Of all files of one business. Uploads at the same moment may go over it by their own size. */
const MOST_BYTES = 300 * 1024 * 1024;

const makeRoom = report<{ tenantId: string; size: number; most: number }, { fits: boolean }>(
  import.meta.url,
  './statements/make-room-for-sent-file.sql',
);
const storeSentFile = report<{
  id: string;
  tenantId: string;
  messageId: number;
  content: Buffer;
  mimeType: string;
  size: number;
}>(import.meta.url, './statements/store-sent-file.sql');
const findSentFile = report<{ tenantId: string; id: string }, { content: Buffer; mimeType: string }>(
  import.meta.url,
  './statements/find-sent-file.sql',
);

/** What a message says of a file that is stored beside it. */
export const storedFileOf = ({ kind, name, type, content, seconds }: ChosenReplyFile): ReplyFile => ({
  kind,
  attachment: {
    fileId: newId(),
    heldBy: OWN_STORE,
    mimeType: type,
    sizeBytes: content.length,
    fileName: name,
    ...(seconds !== undefined && { seconds }),
  },
});

/** Outside of a transaction, since it removes files of other conversations. */
export async function hasRoomForFile(sql: Sql, tenantId: string, size: number): Promise<boolean> {
  const [row] = await makeRoom(sql, { tenantId, size, most: MOST_BYTES });
  return row?.fits === true;
}

export async function keepSentFile(
  tx: Sql,
  of: { tenantId: string; messageId: number },
  { attachment }: ReplyFile,
  content: Buffer,
): Promise<void> {
  const { fileId: id, mimeType = '' } = attachment;
  await storeSentFile(tx, { ...of, id, content, mimeType, size: content.length });
}

/** Null: it had to make room, or went with its message. */
export async function readSentFile(sql: Sql, tenantId: string, id: string): Promise<{ content: Buffer; type: string } | null> {
  const [row] = isId(id) ? await findSentFile(sql, { tenantId, id }) : [];
  return row ? { content: Buffer.from(row.content), type: row.mimeType } : null;
}
