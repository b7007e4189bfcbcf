import type { ChosenReplyFile, ReplyFile } from '#core/reply-file.ts';
import { SILENCE_MINUTES } from '#core/silence.ts';
import type { Database, Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';
import { hasRoomForFile, keepSentFile, storedFileOf } from './sent-files.repo.ts';
import { askForReplies, type NeededWork, takeWorkAway } from './work.ts';

type Conversation = [tenantId: string, botId: string, id: string];

export interface StaffReplyOutcome {
  /** Null: nothing is sent. */
  messageId: number | null;
  /** The author of a resent message, when known. */
  writtenBy?: string | null;
}

interface NewStaffReply {
  text: string;
  draftHash: string;
  file?: ReplyFile | null | undefined;
  /** A file to be stored with the message. */
  chosen?: ChosenReplyFile | null | undefined;
  takesOver?: boolean;
}

interface OfConversation {
  conversationId: string;
}

const lockConversation = report<{ tenantId: string; botId: string; id: string }, { id: string }>(
  import.meta.url,
  './statements/lock-conversation.sql',
);
const silenceConversation = report<OfConversation & { silenceMinutes: number; exactly: boolean }>(
  import.meta.url,
  './statements/silence-conversation.sql',
);
const storeStaffReply = report<
  OfConversation & { text: string; draftHash: string; kind: string; attachment: string | null },
  NeededWork
>(import.meta.url, './statements/store-staff-reply.sql');
const resendStaffReply = report<OfConversation & { messageId: number }, NeededWork>(
  import.meta.url,
  './statements/resend-staff-reply.sql',
);
const staffReplyWriter = report<OfConversation & { messageId: number }, { userId: string | null }>(
  import.meta.url,
  './statements/staff-reply-writer.sql',
);
const answerConversation = report<OfConversation>(import.meta.url, './statements/answer-conversation.sql');
const leaveToPerson = report<OfConversation, { notified: string | null }>(import.meta.url, './statements/leave-to-person.sql');
const calmUnanswered = report<OfConversation>(import.meta.url, './statements/calm-unanswered-conversation.sql');
const returnMessagesToBot = report<OfConversation, NeededWork>(import.meta.url, './statements/return-messages-to-bot.sql');
const endSilence = report<OfConversation & { botAnswers: boolean }>(import.meta.url, './statements/end-silence.sql');

/** The worker sends a staff reply like the bot's. */
export function createStaffRepliesRepo({ database }: { database: Database }) {
  /** Locks the conversation's row. Null: there is no such conversation. */
  function inConversation<T>([tenantId, botId, id]: Conversation, work: (tx: Sql) => Promise<T>): Promise<T | null> {
    return database.inTransaction(async (tx) => {
      const found = await lockConversation(tx, { tenantId, botId, id });
      return found.length === 1 ? work(tx) : null;
    });
  }

  /** Without `minutes` a longer silence stays. */
  async function silence(tx: Sql, conversationId: string, minutes?: number): Promise<void> {
    const silenceMinutes = minutes ?? SILENCE_MINUTES;
    await silenceConversation(tx, { conversationId, silenceMinutes, exactly: minutes !== undefined });
    await takeWorkAway(tx, { conversationId });
  }

  async function send(
    tx: Sql,
    conversationId: string,
    write: () => Promise<NeededWork[]>,
    takesOver = true,
  ): Promise<StaffReplyOutcome> {
    if (takesOver) await silence(tx, conversationId);
    const [reply] = await write();
    if (!reply) return { messageId: null };
    await askForReplies(tx, [reply]);
    await (takesOver ? answerConversation : calmUnanswered)(tx, { conversationId });
    return { messageId: reply.messageId };
  }

  return {
    /** `takesOver`: the bot is silent from now on. No `messageId`: the form was submitted before. */
    reply(tenantId: string, botId: string, id: string, { text, draftHash, chosen, takesOver = true, ...more }: NewStaffReply) {
      const file = chosen ? storedFileOf(chosen) : more.file;
      return inConversation([tenantId, botId, id], (tx) =>
        send(
          tx,
          id,
          async () => {
            const stored = await storeStaffReply(tx, { conversationId: id, text, draftHash, ...columnsOf(file) });
            const [message] = stored;
            if (message && file && chosen)
              await keepSentFile(tx, { tenantId, messageId: message.messageId }, file, chosen.content);
            return stored;
          },
          takesOver,
        ),
      );
    },

    hasRoomFor: (tenantId: string, { content }: ChosenReplyFile): Promise<boolean> =>
      hasRoomForFile(database.sql, tenantId, content.length),

    /** Under a new id. No `messageId`: there is none, or it is being sent already. */
    retry: (tenantId: string, botId: string, id: string, messageId: number) =>
      inConversation([tenantId, botId, id], async (tx) => {
        const message = { conversationId: id, messageId };
        const [writer] = await staffReplyWriter(tx, message);
        return { ...(await send(tx, id, () => resendStaffReply(tx, message))), writtenBy: writer?.userId ?? null };
      }),

    /** Messages the bot has not answered wait for a person. */
    takeOver: async (tenantId: string, botId: string, id: string, minutes?: number): Promise<boolean> =>
      (await inConversation([tenantId, botId, id], async (tx) => {
        await silence(tx, id, minutes);
        await leaveToPerson(tx, { conversationId: id });
        return true;
      })) !== null,

    /** The bot answers again, also waiting messages of the last day. */
    handBack: async (tenantId: string, botId: string, id: string): Promise<boolean> =>
      (await inConversation([tenantId, botId, id], async (tx) => {
        const returned = await returnMessagesToBot(tx, { conversationId: id });
        await askForReplies(tx, returned);
        await endSilence(tx, { conversationId: id, botAnswers: returned.length > 0 });
        return true;
      })) !== null,
  };
}

export type StaffRepliesRepo = ReturnType<typeof createStaffRepliesRepo>;

const columnsOf = (file: ReplyFile | null | undefined) => ({
  kind: file?.kind ?? 'text',
  attachment: file ? JSON.stringify(file.attachment) : null,
});
