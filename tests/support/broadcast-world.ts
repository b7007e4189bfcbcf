// Broadcasts on a real database: a shop with customers, and runners that stand for processes. The channel is a fake.
import type { ChannelAdapter } from '../../src/channels/channel.ts';
import { createSendPauses } from '../../src/channels/send-pauses.ts';
import type { ChannelKind } from '../../src/core/message.ts';
import { createAudit } from '../../src/features/activity/audit.service.ts';
import { createAudienceRepo } from '../../src/features/broadcasts/audience.repo.ts';
import type { BroadcastContent } from '../../src/features/broadcasts/broadcast.ts';
import { createBroadcastsRepo } from '../../src/features/broadcasts/broadcasts.repo.ts';
import { createBroadcastsService } from '../../src/features/broadcasts/broadcasts.service.ts';
import { createPhotosRepo } from '../../src/features/broadcasts/photos.repo.ts';
import { createPhotoAddresses } from '../../src/features/broadcasts/photos.routes.ts';
import { createBroadcastRunner } from '../../src/features/broadcasts/run-broadcasts.ts';
import { createBroadcastSender } from '../../src/features/broadcasts/send-broadcast.ts';
import { createPhotoSender } from '../../src/features/broadcasts/send-photos.ts';
import { createSendingRepo, type SendingRepo } from '../../src/features/broadcasts/sending.repo.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { createNotifications } from '../../src/platform/db/notifications.ts';
import { fakeChannel, type Shop, silent } from './pipeline.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

/** `count` customers with a private chat each, who wrote an hour ago; their chats are `<prefix><number>`. */
export async function seedAudience({ sql }: Pick<Database, 'sql'>, shop: Shop, count: number, prefix = ''): Promise<void> {
  await sql.query(
    `INSERT INTO customers (id, tenant_id, bot_id, connection_id, platform_user_id, first_name, language)
     SELECT gen_random_uuid(), $1, $2, $3, $5 || n, 'Customer ' || n, 'en' FROM generate_series(1, $4::int) n`,
    [shop.tenantId, shop.botId, shop.connectionId, count, prefix],
  );
  await sql.query(
    `INSERT INTO conversations (id, tenant_id, bot_id, connection_id, customer_id, chat_id, last_message_at)
     SELECT gen_random_uuid(), tenant_id, bot_id, connection_id, id, platform_user_id, now() - interval '1 hour'
     FROM customers WHERE connection_id = $1 ON CONFLICT DO NOTHING`,
    [shop.connectionId],
  );
}

export const content = (rest: Partial<BroadcastContent> = {}): BroadcastContent => ({
  text: 'Fresh bread at eight.',
  buttonLabel: null,
  buttonUrl: null,
  photoId: null,
  template: null,
  channel: null,
  language: null,
  activeDays: null,
  scheduledAt: null,
  ...rest,
});

/** A look at the queue for recipients to send to. */
export interface NotedClaim {
  /** Null until the database has answered; else the chats that are sent to now. */
  chats: string[] | null;
  /** The answer was that the broadcast or the connection is stopped; or the database undid it, for a deletion's sake. */
  stopped: boolean;
}

/** Keeps the claims in the order they were asked for. */
function notingClaims(repo: SendingRepo): { sending: SendingRepo; claims: NotedClaim[] } {
  const claims: NotedClaim[] = [];
  const claimAcrossTenants: SendingRepo['claimAcrossTenants'] = async (...asked) => {
    const noted: NotedClaim = { chats: null, stopped: false };
    claims.push(noted);
    const found = await repo.claimAcrossTenants(...asked).catch((error) => {
      Object.assign(noted, { chats: [], stopped: true });
      throw error;
    });
    const chats = found.recipients.map(({ chatId }) => chatId);
    Object.assign(noted, { chats, stopped: found.connection === null });
    return found;
  };
  return { sending: { ...repo, claimAcrossTenants }, claims };
}

/** A process: its own runner over the shared database. `behave` answers a send in place of the channel. */
export function broadcastProcess(
  database: Database,
  overrides: Partial<ChannelAdapter> = {},
  times: { claimMs?: number } = {},
  platform: ChannelKind = 'telegram',
) {
  const channel = fakeChannel();
  const adapter = { ...channel.adapter, textLimit: { max: 4_096, unit: 'utf16' as const }, ...overrides };
  const channels = { telegram: undefined, instagram: undefined, whatsapp: undefined, [platform]: adapter };
  const notifications = createNotifications({ database, logger: silent });
  const audit = createAudit({ database });
  const windowsMs: Record<string, number> = adapter.replyWindowMs === null ? {} : { [platform]: DAY_MS };
  const rules = { ready: [platform], windowsMs, templates: adapter.sendTemplate ? [platform] : [], noPhoto: [] };
  const audience = createAudienceRepo({ database, rules });
  const { sending, claims } = notingClaims(createSendingRepo({ database, rules }));
  const broadcasts = createBroadcastsRepo({ database });
  const photos = createPhotosRepo({ database });
  const photoAddresses = createPhotoAddresses({ secret: 'secret', publicUrl: undefined });
  const sendPhoto = createPhotoSender({ photos, photoAddresses });
  const sentence = (language: string): string => `${language} stop`;
  const send = createBroadcastSender({ channels, openCredentials: () => ({}), sentence, sendPhoto });
  const parts = { sending, audience, send, pauses: createSendPauses(), audit, notifications, logger: silent };
  const service = createBroadcastsService({ broadcasts, audience, photos, send, audit, notifications });
  const runner = createBroadcastRunner({ ...parts, onlyProcess: false, tickMs: 50, ...times });
  return { ...channel, runner, service, broadcasts, sending, claims, photos };
}

export type BroadcastProcess = ReturnType<typeof broadcastProcess>;

export const ownerOf = ({ tenantId }: Shop) => ({ tenantId, actorId: newId(), actorKind: 'owner' as const });

/** How many recipients are in each state. */
export async function countsOf({ sql }: Pick<Database, 'sql'>, id: string): Promise<Record<string, number>> {
  const { rows } = await sql.query<{ state: string; n: number }>(
    'SELECT state, count(*)::int AS n FROM broadcast_recipients WHERE broadcast_id = $1 GROUP BY state',
    [id],
  );
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
}

export async function stateOf({ sql }: Pick<Database, 'sql'>, id: string): Promise<string> {
  return (await sql.query<{ state: string }>('SELECT state FROM broadcasts WHERE id = $1', [id])).rows[0]?.state ?? 'gone';
}
