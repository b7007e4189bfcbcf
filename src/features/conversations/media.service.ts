import type { Channels, Credentials, PeerFailure } from '#channels/channel.ts';
import { AppError, NotFoundError } from '#core/errors.ts';
import { type SafeType, safeTypeOf } from '#core/file-kind.ts';
import type { PeerFailureReason } from '#core/reasons.ts';
import { MAX_FETCHED_BYTES, OWN_STORE, replyFileOf } from '#core/reply-file.ts';
import type { ReplyFiles } from '#pipeline/reply-files.ts';
import { createByteBudget } from '#platform/byte-budget.ts';
import type { Limiter } from '#web/limits.ts';
import type { KeptMedia, MediaMessage, MediaRepo } from './media.repo.ts';

interface Deps {
  media: MediaRepo;
  channels: Channels;
  openCredentials: (connection: NonNullable<MediaMessage['connection']>) => Credentials;
  replyFiles: Pick<ReplyFiles, 'fetch'>;
  /** Of fetches, not of files that are here already. */
  fetches: Limiter;
}

export interface ShownMedia extends SafeType {
  content: Buffer;
  fileName: string | null;
}

const MEGABYTE = 1024 * 1024;
/** Larger files are fetched each time. */
const MAX_KEPT_BYTES = 10 * MEGABYTE;
// S69 (memory): what is being fetched at once, by all and by one business.
const [AT_ONCE, SHARE] = [80 * MEGABYTE, 40 * MEGABYTE];
const GONE = 410;
const UNAVAILABLE = 503;
/** The platform may answer better later; any other refusal is final. */
const PASSING: readonly PeerFailureReason[] = [
  'unreachable',
  'rate_limited',
  'token_revoked',
  'not_permitted',
  'account_restricted',
];

/** Photos, voice notes and files of conversations, from the platform or as kept. */
export function createMedia({ media, channels, openCredentials, replyFiles, fetches }: Deps) {
  const budget = createByteBudget(AT_ONCE, SHARE);
  const underWay = new Map<number, Promise<KeptMedia>>();

  async function fromPlatform(tenantId: string, message: MediaMessage): Promise<KeptMedia | PeerFailure> {
    const file = message.direction === 'out' ? replyFileOf(message) : null;
    if (file) {
      const fetched = await replyFiles.fetch(tenantId, file, { types: null, maxBytes: MAX_FETCHED_BYTES, caption: null });
      if (!fetched.ok) return fetched;
      fetched.free();
      return { content: fetched.content, mimeType: fetched.type };
    }
    const { connection, attachment } = message;
    const channel = connection && channels[connection.platform];
    if (!connection || !channel) return { reason: 'file_gone' };
    const held = await budget.take(tenantId, Math.min(attachment.sizeBytes ?? MAX_FETCHED_BYTES, MAX_FETCHED_BYTES));
    try {
      const fetched = await channel.fetchMedia(openCredentials(connection), String(attachment.fileId), MAX_FETCHED_BYTES);
      if (!fetched.ok) return fetched;
      return { content: Buffer.from(fetched.media.base64, 'base64'), mimeType: fetched.media.mimeType };
    } finally {
      held.free();
    }
  }

  async function fetchOnce(tenantId: string, message: MediaMessage): Promise<KeptMedia> {
    // An earlier fetch may have ended since the caller looked.
    const known = await media.kept(tenantId, message.id);
    if (known) return known;
    const found = await fromPlatform(tenantId, message);
    const kept = keptOf(found);
    const isWorthKeeping = 'content' in kept ? kept.content.length <= MAX_KEPT_BYTES : !PASSING.includes(kept.reason);
    if (isWorthKeeping) await media.keep(tenantId, message.id, kept);
    return kept;
  }

  /** Whoever asks for the same file at once waits for the same fetch. */
  function fetchShared(tenantId: string, message: MediaMessage): Promise<KeptMedia> {
    const running = underWay.get(message.id);
    if (running) return running;
    const fetching = fetchOnce(tenantId, message).finally(() => underWay.delete(message.id));
    underWay.set(message.id, fetching);
    return fetching;
  }

  return {
    /** @throws NotFoundError; AppError in words when the platform does not give the file; TooManyRequestsError */
    async show(of: { tenantId: string; userId: string }, conversationId: string, messageId: number): Promise<ShownMedia> {
      const message = await media.message(of.tenantId, conversationId, messageId);
      if (!message) throw new NotFoundError();
      const isOurs = message.direction === 'out' && message.attachment.heldBy === OWN_STORE;
      let found = isOurs ? keptOf(await fromPlatform(of.tenantId, message)) : await media.kept(of.tenantId, messageId);
      if (!found) {
        await fetches.consume(of.userId);
        found = await fetchShared(of.tenantId, message);
      }
      if ('content' in found) {
        const { content } = found;
        return { content, ...safeTypeOf(content, message.kind), fileName: message.attachment.fileName ?? null };
      }
      if (PASSING.includes(found.reason)) throw new AppError(UNAVAILABLE, 'conversations.media.unreachable');
      throw new AppError(GONE, 'conversations.media.gone');
    },
  };
}

const keptOf = (found: KeptMedia | PeerFailure): KeptMedia => ('ok' in found ? { reason: found.reason } : found);

export type Media = ReturnType<typeof createMedia>;
