import { LRUCache } from 'lru-cache';
import type { ChannelAdapter, Credentials } from '#channels/channel.ts';
import { MINUTE_MS } from '#core/durations.ts';
import type { ChannelKind } from '#core/message.ts';
import type { TemplateForm } from '#core/message-template.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';

interface Deps {
  database: Pick<Database, 'prisma'>;
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: { id: string; tenantId: string; sealedSecrets: string }) => Credentials;
}

export type TemplateList = { templates: TemplateForm[] } | { refusal: PeerFailureReason };

/** The approved templates of a bot's account, read from the platform and kept for a minute. */
export function createTemplates({ database: { prisma }, channels, openCredentials }: Deps) {
  const known = new LRUCache<string, TemplateForm[]>({ max: 200, ttl: MINUTE_MS });

  return async (tenantId: string, botId: string): Promise<TemplateList> => {
    const rows = await prisma.connection.findMany({
      where: { tenantId, botId, provenAt: { not: null } },
      orderBy: { id: 'asc' },
      select: { id: true, tenantId: true, platform: true, sealedSecrets: true },
    });
    const connection = rows.find(({ platform }) => channels[platform]?.templates);
    const read = connection && channels[connection.platform]?.templates;
    if (!connection || !read) return { templates: [] };
    const kept = known.get(connection.sealedSecrets);
    if (kept) return { templates: kept };
    const answer = await read(openCredentials(connection));
    if (!answer.ok) return { refusal: answer.reason };
    known.set(connection.sealedSecrets, answer.templates);
    return { templates: answer.templates };
  };
}

export type Templates = ReturnType<typeof createTemplates>;
