import type { PeerFailureReason } from '#core/reasons.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import type { Turn } from './turn.ts';
import type { Claim } from './work.ts';

export interface ReplyRef {
  turn: Turn;
  replyId: number;
}

interface Fenced {
  replyId: number;
  epoch: number;
}
interface Id<T = number> {
  id: T;
}

const markPart = report<Fenced & { parts: number; externalId: string }, Id>(import.meta.url, './statements/mark-part-sent.sql');
const markReply = report<Fenced & { status: 'pending' | 'sending' | 'failed'; reason: string | null }, Id>(
  import.meta.url,
  './statements/mark-reply.sql',
);
const ignoreWaiting = report<{ messageIds: number[]; epoch: number }>(
  import.meta.url,
  './statements/ignore-waiting-messages.sql',
);
const spendCharges = report<{ messageIds: number[]; epoch: number }>(import.meta.url, './statements/spend-charges.sql');
const leaveTurnToPerson = report<Claim & { why: 'wrote' | 'late'; messageIds: number[] | null }, { notified: string }>(
  import.meta.url,
  './statements/leave-turn-to-person.sql',
);
const markUnreachable = report<{ customerId: string | null }>(import.meta.url, './statements/mark-customer-unreachable.sql');
const markGroupUnreachable = report<{ conversationId: string }>(import.meta.url, './statements/mark-group-unreachable.sql');
const markToForget = report<{ customerId: string | null }>(import.meta.url, './statements/mark-customer-to-forget.sql');
const setOptOut = report<{ customerId: string | null; out: boolean }>(import.meta.url, './statements/set-opt-out.sql');
export const noteConnectionError = report<{ connectionId: string; reason: string }>(
  import.meta.url,
  './statements/note-connection-error.sql',
);
const markRevoked = report<{ connectionId: string; sealedSecrets: string }, Id<string>>(
  import.meta.url,
  './statements/mark-token-revoked.sql',
);

const fence = ({ turn, replyId }: ReplyRef): Fenced => ({ replyId, epoch: turn.epoch });

/** The turn's epoch fences every write. False: another worker has the turn. */
export function createReplyLog({ sql }: { sql: Sql }) {
  return {
    markSending: async (reply: ReplyRef): Promise<boolean> =>
      (await markReply(sql, { ...fence(reply), status: 'sending', reason: null })).length === 1,

    markPart: async (reply: ReplyRef, parts: number, externalId: string): Promise<boolean> =>
      (await markPart(sql, { ...fence(reply), parts, externalId })).length === 1,

    /** The AI is asked again about these messages, for another charge. */
    spendCharges: async ({ epoch }: Turn, messageIds: number[]): Promise<void> =>
      void (await spendCharges(sql, { messageIds, epoch })),

    markPending: async (reply: ReplyRef): Promise<boolean> =>
      (await markReply(sql, { ...fence(reply), status: 'pending', reason: null })).length === 1,

    markFailed: async (reply: ReplyRef, reason: PeerFailureReason): Promise<boolean> =>
      (await markReply(sql, { ...fence(reply), status: 'failed', reason })).length === 1,

    async markIgnored({ epoch }: Turn, messageIds: number[]): Promise<void> {
      await ignoreWaiting(sql, { messageIds, epoch });
    },

    /** A person has the conversation, so the rest waits for them. */
    async leaveToPerson({ conversationId, epoch }: Turn): Promise<void> {
      await leaveTurnToPerson(sql, { conversationId, epoch, why: 'wrote', messageIds: null });
    },

    /** They came after their reply window had closed. */
    async leaveLate({ conversationId, epoch }: Turn, messageIds: number[]): Promise<void> {
      await leaveTurnToPerson(sql, { conversationId, epoch, why: 'late', messageIds });
    },

    /** What a group refuses says nothing about the people in it. */
    async markUnreachable({ isGroup, conversationId, customerId }: Turn): Promise<void> {
      await (isGroup ? markGroupUnreachable(sql, { conversationId }) : markUnreachable(sql, { customerId }));
    },

    /** Safe to repeat. */
    async markOptedOut({ customerId }: Turn, out: boolean): Promise<void> {
      await setOptOut(sql, { customerId, out });
    },

    /** Safe to repeat: the first moment stays. The reply goes out before anything is erased. */
    async markToForget({ customerId }: Turn): Promise<void> {
      await markToForget(sql, { customerId });
    },

    async noteError({ connection }: Turn, reason: PeerFailureReason): Promise<void> {
      await noteConnectionError(sql, { connectionId: connection.id, reason });
    },

    /** True when it was not known yet. */
    markTokenRevoked: async ({ connection: { id, sealedSecrets } }: Turn): Promise<boolean> =>
      (await markRevoked(sql, { connectionId: id, sealedSecrets })).length === 1,
  };
}

export type ReplyLog = ReturnType<typeof createReplyLog>;
