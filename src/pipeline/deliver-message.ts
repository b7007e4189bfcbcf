import { LRUCache } from 'lru-cache';
import type { ChannelAdapter, Credentials, PeerFailure } from '#channels/channel.ts';
import type { SendPauses } from '#channels/send-pauses.ts';
import type { ChannelKind } from '#core/message.ts';
import { isConnectionWide } from '#core/reasons.ts';
import { replyWindow } from '#core/reply-window.ts';
import { retryDelayMs } from '#core/retry-delay.ts';
import { splitText } from '#core/split-text.ts';
import type { Logger } from '#platform/logger.ts';
import type { FinishedJob, ReplyLog, SentReply, Settled } from './settle-replies.ts';
import type { OpenReply, Turn, TurnNotices } from './turn.ts';

/** When the job must run again to go on with the reply. */
export type Later = { retryAfterMs: number };

export interface DelivererDeps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: Turn['connection']) => Credentials;
  /** R28: a connection told to wait is not asked again for another customer meanwhile. */
  pauses: Pick<SendPauses, 'waitMs' | 'pause' | 'revoke' | 'isRevoked'>;
  replyLog: ReplyLog;
  markSent: (reply: SentReply) => Promise<Settled>;
  releaseMessages: (ids: number[]) => Promise<unknown>;
  notices: Pick<TurnNotices, 'connectionFailed'>;
  logger: Logger;
}

const MAX_REMEMBERED = 10_000;
// R16. Less than the time after which a job without a heartbeat is given to another.
const SURELY_OURS_MS = 5_000;

/** `oursSinceMs`: monotonic, before the database last said that the turn is ours. `job`, when given, is settled with the reply. */
export interface Delivery {
  turn: Turn;
  reply: OpenReply;
  job: FinishedJob | null;
  oursSinceMs: number;
}

/**
 * The one way out. Sends a saved reply part by part, remembering each, so that a retry goes on where it stopped. Undefined:
 * it came to its end, for good or ill; else when to try again. When a job was settled with it, that is told. A process that was
 * frozen meanwhile asks whether the turn is still its own before it sends. Holds no transaction while it waits for the platform.
 */
export function createDeliverer(deps: DelivererDeps) {
  const { channels, replyLog, logger } = deps;
  // R04: what the platform took of late, by reply. When the database was away just then, the next try must not send it again.
  const taken = new LRUCache<number, string[]>({ max: MAX_REMEMBERED });

  async function deliver({ turn, reply, job, ...rest }: Delivery): Promise<Later | Settled | undefined> {
    let { oursSinceMs } = rest;
    const startedMs = performance.now();
    const ref = { turn, replyId: reply.id };
    if (reply.status === 'pending' && !(await replyLog.markSending(ref))) return undefined;
    const channel = channels[turn.connection.platform];
    if (!channel) return fail(turn, reply, { ok: false, reason: 'rejected' });
    if (!mayWrite(channel, reply)) return fail(turn, reply, { ok: false, reason: 'window_closed' });

    const parts = splitText(reply.text, channel.textLimit);
    const ids = taken.get(reply.id) ?? (reply.externalId ? reply.externalId.split(',') : []);
    for (let sent = Math.max(reply.sentParts, ids.length); sent < parts.length; sent++) {
      if (sent > reply.sentParts && !(await replyLog.markPart(ref, sent, ids.join(',')))) return undefined;
      while (performance.now() - oursSinceMs > SURELY_OURS_MS) {
        oursSinceMs = performance.now();
        if (!(await replyLog.markSending(ref))) return undefined;
      }
      const result = await send(channel, turn, parts[sent] as string);
      if (!result.ok) return fail(turn, { ...reply, sentParts: sent }, result);
      ids.push(result.externalId);
      taken.set(reply.id, ids);
    }
    const tookMs = Math.round(reply.ageMs + performance.now() - startedMs);
    const settled = await deps.markSent({ ...ref, externalId: ids.join(','), parts: parts.length, tookMs, job });
    return job ? settled : undefined;
  }

  async function send(channel: ChannelAdapter, { connection, chatId }: Turn, text: string) {
    const waitMs = deps.pauses.waitMs(connection.id);
    if (waitMs > 0) return { ok: false, reason: 'rate_limited', retryAfterMs: waitMs } as const;
    if (deps.pauses.isRevoked(connection.sealedSecrets)) return { ok: false, reason: 'token_revoked' } as const;
    const result = await channel.sendText(deps.openCredentials(connection), chatId, text);
    if (!result.ok && result.reason === 'token_revoked') deps.pauses.revoke(connection.sealedSecrets);
    if (!result.ok && result.retryAfterMs !== undefined) deps.pauses.pause(connection.id, result.retryAfterMs);
    return result;
  }

  async function fail(turn: Turn, reply: OpenReply, { reason, retryAfterMs }: PeerFailure): Promise<Later | undefined> {
    const ref = { turn, replyId: reply.id };
    const delayMs = retryDelayMs({ reason, ageMs: reply.ageMs, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    if (delayMs !== null) return (await replyLog.markPending(ref)) ? { retryAfterMs: delayMs } : undefined;

    if (!(await replyLog.markFailed(ref, reason))) return undefined;
    await deps.releaseMessages([reply.id]);
    if (isConnectionWide(reason)) await replyLog.noteError(turn, reason);
    if (reason === 'blocked_by_customer' || reason === 'chat_gone') await replyLog.markUnreachable(turn);
    if (reason === 'token_revoked' && (await replyLog.markTokenRevoked(turn))) {
      const { tenantId, bot } = turn;
      await deps.notices
        .connectionFailed({ tenantId, botName: bot.name, botId: bot.id, reason })
        .catch((err: Error) => logger.warn(err, 'the owner was not told of the revoked token'));
    }
    logger.warn({ reason, connection: turn.connection.id }, 'a reply could not be delivered');
    return undefined;
  }

  return deliver;
}

/** Counted from the question it answers: one that came later has a turn of its own. A person's words answer the last. */
function mayWrite({ replyWindowMs: windowMs }: ChannelAdapter, { ageMs, customerAgeMs }: OpenReply): boolean {
  const now = new Date();
  return replyWindow({ lastCustomerMessageAt: new Date(now.getTime() - (customerAgeMs ?? ageMs)), windowMs, now }).open;
}

export type Deliverer = ReturnType<typeof createDeliverer>;
