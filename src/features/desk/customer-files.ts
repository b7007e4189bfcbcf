import type { Channels, Credentials } from '#channels/channel.ts';
import type { DeskFile } from '#channels/telegram/desk/desk.client.ts';
import type { Attachment, MessageKind } from '#core/message.ts';
import type { Database } from '#platform/db/database.ts';

interface Deps {
  database: Pick<Database, 'prisma'>;
  channels: Channels;
  openCredentials: (connection: { id: string; tenantId: string; sealedSecrets: string }) => Credentials;
}

const MAX_BYTES = 10 * 1024 * 1024;
const FILES = new Set<string>(['photo', 'voice', 'audio', 'video', 'document'] satisfies MessageKind[]);
const CONNECTION = { select: { id: true, tenantId: true, platform: true, sealedSecrets: true } } as const;

/** The file of a customer's message, from the customer's channel. Null: it has none, or it cannot be had any more. */
export const createCustomerFiles =
  ({ database, channels, openCredentials }: Deps) =>
  async (tenantId: string, messageId: number): Promise<DeskFile | null> => {
    const message = await database.prisma.message.findFirst({
      where: { tenantId, id: messageId, direction: 'in' },
      select: { kind: true, attachment: true, conversation: { select: { connection: CONNECTION } } },
    });
    const connection = message?.conversation.connection;
    const { fileId, fileName } = (message?.attachment ?? {}) as Attachment;
    if (!message || !connection || !fileId || !FILES.has(message.kind)) return null;
    const fetched = await channels[connection.platform]?.fetchMedia(openCredentials(connection), fileId, MAX_BYTES);
    if (!fetched?.ok) return null;
    const kind = message.kind as MessageKind;
    return { kind, media: fetched.media, name: fileName ?? `${kind}.${fetched.media.mimeType.split('/')[1] ?? 'bin'}` };
  };

export type CustomerFiles = ReturnType<typeof createCustomerFiles>;
