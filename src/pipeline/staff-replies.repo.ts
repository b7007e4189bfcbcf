import { SILENCE_MINUTES } from '#core/silence.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { type QueuedReply, queueOwnReplyJob, queueReplyJobs } from './queue-replies.ts';

type Conversation = [tenantId: string, botId: string, id: string];

/** The outcome of a staff reply. */
export interface StaffReplyOutcome {
  /** Null: nothing is sent. */
  messageId: number | null;
  ended: Ended;
  /** Who wrote a message that is sent again, where that is known. */
  writtenBy?: string | null;
}

/** Customers' messages that the bot will not answer now. Their charges are to be given back. */
export type Ended = number[];

interface OfConversation {
  conversationId: string;
}
interface Id {
  id: number;
}

const lockConversation = report<{ tenantId: string; botId: string; id: string }, { id: string }>(
  import.meta.url,
  './statements/lock-conversation.sql',
);
const silenceConversation = report<OfConversation & { silenceMinutes: number }>(
  import.meta.url,
  './statements/silence-conversation.sql',
);
const storeStaffReply = report<OfConversation & { text: string; draftHash: string }, QueuedReply>(
  import.meta.url,
  './statements/store-staff-reply.sql',
);
const resendStaffReply = report<OfConversation & { messageId: number }, QueuedReply>(
  import.meta.url,
  './statements/resend-staff-reply.sql',
);
const staffReplyWriter = report<OfConversation & { messageId: number }, { userId: string | null }>(
  import.meta.url,
  './statements/staff-reply-writer.sql',
);
const answerConversation = report<OfConversation, Id>(import.meta.url, './statements/answer-conversation.sql');
const leaveToPerson = report<OfConversation, Id>(import.meta.url, './statements/leave-to-person.sql');
const returnMessagesToBot = report<OfConversation, QueuedReply>(import.meta.url, './statements/return-messages-to-bot.sql');
const endSilence = report<OfConversation & { botAnswers: boolean }>(import.meta.url, './statements/end-silence.sql');

/** Staff replies and takeovers of a conversation. A staff reply is sent by a reply job, as the bot's reply is. */
export function createStaffRepliesRepo({ database }: { database: Database }) {
  /** Runs `work` with the conversation's row locked. Null: there is no such conversation. */
  function inConversation<T>([tenantId, botId, id]: Conversation, work: (tx: Sql) => Promise<T>): Promise<T | null> {
    return database.inTransaction(async (tx) => {
      const found = await lockConversation(tx, { tenantId, botId, id });
      return found.length === 1 ? work(tx) : null;
    });
  }

  const silence = (tx: Sql, conversationId: string) =>
    silenceConversation(tx, { conversationId, silenceMinutes: SILENCE_MINUTES });

  async function send(tx: Sql, conversationId: string, write: () => Promise<QueuedReply[]>): Promise<StaffReplyOutcome> {
    await silence(tx, conversationId);
    const [reply] = await write();
    if (!reply) return { messageId: null, ended: [] };
    await queueOwnReplyJob(tx, reply);
    return { messageId: reply.messageId, ended: idsOf(await answerConversation(tx, { conversationId })) };
  }

  return {
    /** Stores a message with its job, and takes the conversation over. No `messageId`: the form was submitted before. */
    reply: (tenantId: string, botId: string, id: string, { text, draftHash }: { text: string; draftHash: string }) =>
      inConversation([tenantId, botId, id], (tx) =>
        send(tx, id, () => storeStaffReply(tx, { conversationId: id, text, draftHash })),
      ),

    /** Sends a failed message again, under a new id. No `messageId`: there is none, or it is being sent already. */
    retry: (tenantId: string, botId: string, id: string, messageId: number) =>
      inConversation([tenantId, botId, id], async (tx) => {
        const message = { conversationId: id, messageId };
        const [writer] = await staffReplyWriter(tx, message);
        return { ...(await send(tx, id, () => resendStaffReply(tx, message))), writtenBy: writer?.userId ?? null };
      }),

    /** Silences the bot. Messages it has not answered wait for a person. */
    takeOver: (tenantId: string, botId: string, id: string): Promise<Ended | null> =>
      inConversation([tenantId, botId, id], async (tx) => {
        await silence(tx, id);
        return idsOf(await leaveToPerson(tx, { conversationId: id }));
      }),

    /** The bot answers again, also the waiting messages of the last day. False: there is no such conversation. */
    handBack: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await inConversation([tenantId, botId, id], async (tx) => {
        const returned = await returnMessagesToBot(tx, { conversationId: id });
        await queueReplyJobs(tx, returned);
        await endSilence(tx, { conversationId: id, botAnswers: returned.length > 0 });
        return true;
      })) !== null,
  };
}

export type StaffRepliesRepo = ReturnType<typeof createStaffRepliesRepo>;

const idsOf = (rows: Id[]): number[] => rows.map(({ id }) => id);
