import { LRUCache } from 'lru-cache';
import type { ChannelAdapter, Credentials, OutgoingFile, PeerFailure } from '#channels/channel.ts';
import type { SendPauses } from '#channels/send-pauses.ts';
import { type Choices, underLastPart } from '#core/choices.ts';
import type { ChannelKind, Place } from '#core/message.ts';
import { isConnectionWide, type PeerFailureReason } from '#core/reasons.ts';
import { type ReplyPart, replyFileOf, replyParts } from '#core/reply-file.ts';
import { replyWindow } from '#core/reply-window.ts';
import { retryDelayMs } from '#core/retry-delay.ts';
import type { Logger } from '#platform/logger.ts';
import type { MoveChat } from './move-chat.ts';
import type { WorkOutcome } from './perform-work.ts';
import type { Prepared, ReplyFiles } from './reply-files.ts';
import type { ReplyLog } from './reply-log.ts';
import type { OpenReply, Turn, TurnNotices } from './turn.ts';
import type { Settled, WorkToSettle } from './work.ts';

export interface DelivererDeps {
  channels: Record<ChannelKind, ChannelAdapter | undefined>;
  openCredentials: (connection: Turn['connection']) => Credentials;
  /** R28 (Telegram 429): a connection told to wait sends to nobody meanwhile. */
  pauses: Pick<SendPauses, 'waitMs' | 'pause' | 'pauseChat' | 'revoke' | 'isRevoked'>;
  replyLog: ReplyLog;
  moveChat: MoveChat;
  settle: (work: WorkToSettle) => Promise<Settled>;
  notices: Pick<TurnNotices, 'connectionFailed'>;
  replyFiles: Pick<ReplyFiles, 'prepare'>;
  logger: Logger;
}

const MAX_REMEMBERED = 10_000;
const MEANS_UNREACHABLE: readonly PeerFailureReason[] = ['blocked_by_customer', 'chat_gone', 'group_refused'];
const LOST = { kind: 'lost' } as const;
// R16 (owner frozen and woken): less than the time after which work without a heartbeat is given to another worker.
const SURELY_OURS_MS = 5_000;

/** `oursSinceMs`: monotonic, before the database last confirmed the turn. `last`: the work is settled with the reply. */
export interface Delivery {
  turn: Turn;
  reply: OpenReply;
  last: boolean;
  oursSinceMs: number;
}

interface Outgoing {
  part: ReplyPart;
  choices: Choices | null;
  file: OutgoingFile | null;
  place: Place | undefined;
}

/**
 * Sends a saved reply part by part and records each, so that a retry continues. Null: it ended and nothing is settled.
 * A process that was suspended checks its claim before it sends. Holds no transaction while it waits for the platform.
 */
export function createDeliverer(deps: DelivererDeps) {
  const { channels, replyLog, logger } = deps;
  // R04 (Postgres restarts under load): parts the platform took while the database was away are not sent again.
  const taken = new LRUCache<number, string[]>({ max: MAX_REMEMBERED });

  async function deliver({ turn, reply, last, ...rest }: Delivery): Promise<WorkOutcome | null> {
    let { oursSinceMs } = rest;
    const startedMs = performance.now();
    const ref = { turn, replyId: reply.id };
    if (reply.status === 'pending' && !(await replyLog.markSending(ref))) return LOST;
    const channel = channels[turn.connection.platform];
    if (!channel) return fail(turn, reply, { ok: false, reason: 'rejected' });
    if (!mayWrite(channel, reply)) return fail(turn, reply, { ok: false, reason: 'window_closed' });

    const parts = replyParts({ ...reply, file: fileOf(reply) }, channel);
    const ids = taken.get(reply.id) ?? (reply.externalId ? reply.externalId.split(',') : []);
    for (let sent = Math.max(reply.sentParts, ids.length); sent < parts.length; sent++) {
      if (sent > reply.sentParts && !(await replyLog.markPart(ref, sent, ids.join(',')))) return LOST;
      const part = parts[sent] as ReplyPart;
      // Before the claim is checked, because it may take long.
      const prepared = part.file && (await deps.replyFiles.prepare({ ...turn, messageId: reply.id }, part.file));
      if (prepared && !prepared.ok) return fail(turn, { ...reply, sentParts: sent }, prepared);
      while (performance.now() - oursSinceMs > SURELY_OURS_MS) {
        oursSinceMs = performance.now();
        if (!(await replyLog.markSending(ref))) return lose(prepared);
      }
      const choices = sent === parts.length - 1 && reply.choices ? underLastPart(reply.choices, parts.length) : null;
      const outgoing = { part, choices, file: prepared?.file ?? null, place: reply.place ?? undefined };
      const result = await send(channel, turn, outgoing).finally(() => prepared?.free());
      if (!result.ok) return fail(turn, { ...reply, sentParts: sent }, result);
      ids.push(result.externalId);
      taken.set(reply.id, ids);
    }
    const tookMs = Math.round(reply.ageMs + performance.now() - startedMs);
    const { more } = await deps.settle({
      conversationId: turn.conversationId,
      epoch: turn.epoch,
      requests: last ? turn.requests : null,
      reply: { id: reply.id, externalId: ids.join(','), parts: parts.length, tookMs },
    });
    return last ? { kind: 'settled', more } : null;
  }

  async function send(channel: ChannelAdapter, { connection, chatId }: Turn, outgoing: Outgoing) {
    const waitMs = deps.pauses.waitMs(connection.id, chatId);
    if (waitMs > 0) return { ok: false, reason: 'rate_limited', retryAfterMs: waitMs } as const;
    if (deps.pauses.isRevoked(connection.sealedSecrets)) return { ok: false, reason: 'token_revoked' } as const;
    const credentials = deps.openCredentials(connection);
    const result = await sendWith(channel, credentials, chatId, outgoing);
    if (!result.ok && result.reason === 'token_revoked') deps.pauses.revoke(connection.sealedSecrets);
    if (result.ok || result.retryAfterMs === undefined) return result;
    if (result.ofChat) deps.pauses.pauseChat(connection.id, chatId, result.retryAfterMs);
    else deps.pauses.pause(connection.id, result.retryAfterMs);
    return result;
  }

  async function fail(turn: Turn, reply: OpenReply, { reason, retryAfterMs, movedTo }: PeerFailure): Promise<WorkOutcome | null> {
    const ref = { turn, replyId: reply.id };
    if (movedTo !== undefined) {
      await deps.moveChat({ connectionId: turn.connection.id, leaseEpoch: null, chatId: turn.chatId, movedTo });
      return (await replyLog.markPending(ref)) ? { kind: 'later', delayMs: 0 } : LOST;
    }
    const delayMs = retryDelayMs({ reason, ageMs: reply.ageMs, ...(retryAfterMs !== undefined && { retryAfterMs }) });
    if (delayMs !== null) return (await replyLog.markPending(ref)) ? { kind: 'later', delayMs } : LOST;

    if (!(await replyLog.markFailed(ref, reason))) return LOST;
    if (isConnectionWide(reason)) await replyLog.noteError(turn, reason);
    if (MEANS_UNREACHABLE.includes(reason)) await replyLog.markUnreachable(turn);
    if (reason === 'opted_out') await replyLog.markOptedOut(turn, true);
    if (reason === 'token_revoked' && (await replyLog.markTokenRevoked(turn))) {
      const { tenantId, bot } = turn;
      await deps.notices
        .connectionFailed({ tenantId, botName: bot.name, botId: bot.id, reason })
        .catch((err: Error) => logger.warn(err, 'the owner was not told of the revoked token'));
    }
    logger.warn({ reason, connection: turn.connection.id }, 'a reply could not be delivered');
    return null;
  }

  return deliver;
}

function sendWith(channel: ChannelAdapter, credentials: Credentials, chatId: string, { part, choices, file, place }: Outgoing) {
  const { text, styles = [] } = part;
  if (file && channel.sendFile) return channel.sendFile(credentials, chatId, file, text, place);
  if (choices && channel.sendChoices) return channel.sendChoices(credentials, chatId, text, choices, { styles, place });
  return channel.sendText(credentials, chatId, text, { styles, place });
}

function lose(prepared: Prepared | null): typeof LOST {
  if (prepared?.ok) prepared.free();
  return LOST;
}

/** Only a person sends files. */
const fileOf = ({ kind, attachment, mode }: OpenReply) => (mode === 'person' && kind ? replyFileOf({ kind, attachment }) : null);

/** Counts from the question the reply answers; a staff reply counts from the last message. */
function mayWrite({ replyWindowMs: windowMs }: ChannelAdapter, { ageMs, customerAgeMs }: OpenReply): boolean {
  const now = new Date();
  return replyWindow({ lastCustomerMessageAt: new Date(now.getTime() - (customerAgeMs ?? ageMs)), windowMs, now }).open;
}

export type Deliverer = ReturnType<typeof createDeliverer>;
