import type { Attachment, ChannelKind, MessageKind } from '#core/message.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';
import { isGone } from '#platform/db/failures.ts';
import { report } from '#platform/db/statement.ts';

export interface MediaMessage {
  id: number;
  kind: MessageKind;
  direction: 'in' | 'out';
  attachment: Attachment;
  connection: { id: string; tenantId: string; platform: ChannelKind; sealedSecrets: string } | null;
}

export type KeptMedia = { content: Buffer; mimeType: string } | { reason: PeerFailureReason };

/** Of all files of one business. */
const MOST_KEPT_BYTES = 200 * 1024 * 1024;

const keepMedia = report<{
  tenantId: string;
  messageId: number;
  content: Buffer | null;
  mimeType: string;
  size: number;
  reason: string | null;
  most: number;
}>(import.meta.url, './statements/keep-media.sql');

const CONNECTION = { select: { id: true, tenantId: true, platform: true, sealedSecrets: true } } as const;

/** Files of messages that were fetched once. The owner of `media_files`. */
export function createMediaRepo({ database: { prisma, sql } }: { database: Database }) {
  return {
    async message(tenantId: string, conversationId: string, messageId: number): Promise<MediaMessage | null> {
      const found = await prisma.message.findFirst({
        where: { tenantId, conversationId, id: messageId },
        select: { kind: true, direction: true, attachment: true, conversation: { select: { connection: CONNECTION } } },
      });
      const attachment = found?.attachment as Attachment | null;
      if (!found || !attachment?.fileId) return null;
      const { kind, direction, conversation } = found;
      return { id: messageId, kind: kind as MessageKind, direction, attachment, connection: conversation.connection };
    },

    async kept(tenantId: string, messageId: number): Promise<KeptMedia | null> {
      const row = await prisma.mediaFile.findFirst({ where: { tenantId, messageId } });
      if (!row) return null;
      if (row.content) return { content: Buffer.from(row.content), mimeType: row.mimeType };
      return { reason: row.reason as PeerFailureReason };
    },

    /** A message that was erased meanwhile keeps no file. */
    async keep(tenantId: string, messageId: number, media: KeptMedia): Promise<void> {
      const { content, mimeType, reason } =
        'content' in media ? { ...media, reason: null } : { ...media, content: null, mimeType: '' };
      const row = { tenantId, messageId, content, mimeType, size: content?.length ?? 0, reason, most: MOST_KEPT_BYTES };
      await keepMedia(sql, row).catch((error: unknown) => {
        if (!isGone(error)) throw error;
      });
    },
  };
}

export type MediaRepo = ReturnType<typeof createMediaRepo>;
