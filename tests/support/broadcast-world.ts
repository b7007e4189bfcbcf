// Broadcasts on a real database: runners that stand for processes. The channel is a fake.
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
import { createBroadcastSender, createPhotoSender } from '../../src/features/broadcasts/send-broadcast.ts';
import { createSendingRepo, type SendingRepo } from '../../src/features/broadcasts/sending.repo.ts';
import { newId } from '../../src/platform/crypto/ids.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { createNotifications } from '../../src/platform/db/notifications.ts';
import { fakeChannel, type Shop, silent } from './pipeline.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

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

/** Keeps the claims in the order they were asked for, and counts the looks for broadcasts. */
function notingClaims(repo: SendingRepo): { sending: SendingRepo; claims: NotedClaim[]; looks: () => number } {
  const claims: NotedClaim[] = [];
  let looks = 0;
  const openAcrossTenants: SendingRepo['openAcrossTenants'] = async () => {
    looks += 1;
    return repo.openAcrossTenants();
  };
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
  return { sending: { ...repo, claimAcrossTenants, openAcrossTenants }, claims, looks: () => looks };
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
  const { sending, claims, looks } = notingClaims(createSendingRepo({ database, rules }));
  const broadcasts = createBroadcastsRepo({ database });
  const photos = createPhotosRepo({ database });
  const photoAddresses = createPhotoAddresses({ secrets: ['secret'], publicUrl: undefined });
  const sendPhoto = createPhotoSender({ photos, photoAddresses });
  const sentence = (language: string): string => `${language} stop`;
  const send = createBroadcastSender({ channels, openCredentials: () => ({}), sentence, sendPhoto });
  const parts = { sending, audience, send, pauses: createSendPauses(), audit, notifications, logger: silent };
  const service = createBroadcastsService({ broadcasts, audience, photos, send, audit, notifications });
  const runner = createBroadcastRunner({ ...parts, onlyProcess: false, tickMs: 50, ...times });
  return { ...channel, runner, service, broadcasts, sending, claims, looks, photos };
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
