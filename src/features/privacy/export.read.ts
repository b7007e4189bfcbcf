import { PHOTO_EXTENSIONS, type PhotoType } from '#core/file-kind.ts';
import { extensionOf } from '#pipeline/reply-files.ts';
import type { Database } from '#platform/db/database.ts';
import { isWhole } from '#platform/db/related.ts';

type Row = { id: string | bigint };
interface Page<Id> {
  where: { tenantId: string; id: { gt: Id } };
  orderBy: { id: 'asc' };
  take: number;
}

/** Its bytes are read when the archive gets there. */
export interface ExportFile {
  name: string;
  content: () => Promise<Buffer>;
}

const STEP_ROWS = 2_000;
// R49 (CPU-heavy work): fewer rows at a time where rows may be long.
const LONG_STEP_ROWS = 50;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const only = <Column extends string>(...columns: Column[]) =>
  Object.fromEntries(columns.map((column) => [column, true])) as Record<Column, true>;

// Sealed credentials and password hashes are left out.
const BOT = {
  ...only('id', 'name', 'systemPrompt', 'greeting', 'retentionMonths', 'preset', 'createdAt', 'updatedAt'),
  facts: { select: only('facts', 'timeZone', 'updatedAt') },
};
const CONNECTION = {
  ...only('id', 'botId', 'platform', 'accountId', 'displayName', 'username', 'enabled', 'state', 'failureReason', 'createdAt'),
};
const KNOWLEDGE = {
  ...only('id', 'botId', 'title', 'content', 'validUntil', 'origin', 'sourceName', 'createdAt', 'updatedAt'),
  questions: { select: only('own', 'suggested') },
};
const CUSTOMER = {
  ...only('id', 'botId', 'connectionId', 'platformUserId', 'username', 'firstName', 'lastName', 'language'),
  ...only('optedOutAt', 'createdAt'),
  person: { select: only('personId') },
  values: { select: { value: true, field: { select: only('name') } } },
};
const CONVERSATION = {
  ...only('id', 'botId', 'connectionId', 'customerId', 'chatId', 'isGroup', 'language', 'needsPersonAt', 'lastMessageAt'),
  ...only('doneAt', 'createdAt'),
  labels: { select: only('labelId') },
  assignment: { select: only('userId') },
};
const NOTE = only('id', 'conversationId', 'customerId', 'authorId', 'text', 'createdAt');
const LABEL = only('id', 'name', 'colour', 'createdAt');
const SAVED_REPLY = only('id', 'name', 'texts', 'createdAt', 'updatedAt');
const MESSAGE = {
  ...only('id', 'conversationId', 'customerId', 'direction', 'kind', 'text', 'attachment', 'status', 'mode', 'reason'),
  ...only('sources', 'replyToId', 'choices', 'correction', 'aiStatus', 'aiMissing', 'aiModel', 'costMicroUsd'),
  ...only('createdAt', 'sentAt'),
};
const ATTENTION = only('id', 'botId', 'conversationId', 'messageId', 'replyId', 'kind', 'question', 'language', 'createdAt');
const GOLDEN = {
  ...only('id', 'botId', 'question', 'mustContain', 'mustNotContain'),
  ...only('mustRefuse', 'rubric', 'origin', 'createdAt'),
};
const REVISION = only('id', 'botId', 'subject', 'subjectId', 'content', 'actorId', 'createdAt');
const QUESTION = only('id', 'botId', 'state', 'entryId', 'answer', 'answeredAt', 'createdAt');
const BROADCAST = {
  ...only('id', 'botId', 'text', 'buttonLabel', 'buttonUrl', 'photoId', 'template', 'state', 'scheduledAt', 'startedAt'),
  ...only('finishedAt', 'counts', 'createdAt'),
};
const SUBSCRIPTION = only('id', 'type', 'maxBots', 'maxMessagesPerMonth', 'startsAt', 'endsAt', 'active');
const AUDIT_LINE = {
  ...only('id', 'actorId', 'actorKind', 'action', 'targetType', 'targetId', 'details', 'ip', 'createdAt'),
};

/** An admin's acts are the business's to know, the admin's address is not. */
const ofAdmin = <L extends { actorKind: string }>(line: L): L =>
  line.actorKind === 'admin' ? { ...line, actorId: null, ip: null } : line;

/** Everything stored about a business, in bounded steps, without secrets. */
export function createExportRead({ database: { prisma } }: { database: Database }) {
  async function* pages<Id extends string | bigint, R extends Row>(
    read: (page: Page<Id>) => Promise<R[]>,
    { tenantId, first, step = STEP_ROWS }: { tenantId: string; first: Id; step?: number },
  ): AsyncGenerator<R[]> {
    for (let after = first; ; ) {
      const rows = await read({ where: { tenantId, id: { gt: after } }, orderBy: { id: 'asc' }, take: step });
      if (rows.length > 0) yield rows;
      if (rows.length < step) return;
      after = rows.at(-1)?.id as Id;
    }
  }

  /** Named like `photo_id` of the broadcast. A photo deleted meanwhile is an empty file. */
  const photoFile = (tenantId: string, { id, type }: { id: string; type: string }): ExportFile => ({
    name: `photos/${id}.${PHOTO_EXTENSIONS[type as PhotoType]}`,
    content: async () => {
      const photo = await prisma.broadcastPhoto.findFirst({ where: { tenantId, id }, select: { content: true } });
      return Buffer.from(photo?.content ?? []);
    },
  });

  /** Named like `attachment.fileId` of the message. A file that had to make room meanwhile is empty. */
  const sentFile = (tenantId: string, { id, mimeType }: { id: string; mimeType: string }): ExportFile => ({
    name: `files/${id}.${extensionOf(mimeType)}`,
    content: async () => {
      const file = await prisma.sentFile.findFirst({ where: { tenantId, id }, select: { content: true } });
      return Buffer.from(file?.content ?? []);
    },
  });

  return {
    async business(tenantId: string): Promise<object> {
      const desk = { select: only('name', 'createdAt') };
      const members = { role: true, createdAt: true, deskLinks: desk, user: { select: only('username', 'email', 'language') } };
      const usage = { select: only('month', 'aiAnswers', 'broadcastRecipients'), orderBy: { month: 'asc' } } as const;
      const { memberships, usageMonths, ...tenant } = await prisma.tenant.findUniqueOrThrow({
        where: { id: tenantId },
        select: { ...only('id', 'name', 'timeZone', 'createdAt'), memberships: { select: members }, usageMonths: usage },
      });
      return {
        ...snakeCaseKeys(tenant),
        members: memberships
          .filter((row) => isWhole(row, 'user'))
          .map(({ user, role, createdAt: since, deskLinks: [link] }) => ({
            ...user,
            role,
            since,
            desk: link ? { name: link.name, since: link.createdAt } : null,
          })),
        usage: usageMonths.map(({ month, ...counts }) => ({ month: month.toISOString().slice(0, 10), ...counts })),
      };
    },

    tables(tenantId: string) {
      const byId = { tenantId, first: FIRST_ID };
      const byNumber = { tenantId, first: 0n };
      const long = { ...byId, step: LONG_STEP_ROWS };
      const tables: Record<string, AsyncGenerator<Row[]>> = {
        bots: pages((page) => prisma.bot.findMany({ ...page, select: BOT }), byId),
        connections: pages((page) => prisma.connection.findMany({ ...page, select: CONNECTION }), byId),
        knowledge: pages((page) => prisma.knowledgeEntry.findMany({ ...page, select: KNOWLEDGE }), long),
        customers: pages((page) => prisma.customer.findMany({ ...page, select: CUSTOMER }), byId),
        conversations: pages((page) => prisma.conversation.findMany({ ...page, select: CONVERSATION }), byId),
        messages: pages((page) => prisma.message.findMany({ ...page, select: MESSAGE }), byNumber),
        notes: pages((page) => prisma.note.findMany({ ...page, select: NOTE }), byNumber),
        labels: pages((page) => prisma.label.findMany({ ...page, select: LABEL }), byId),
        saved_replies: pages((page) => prisma.savedReply.findMany({ ...page, select: SAVED_REPLY }), byId),
        attention: pages((page) => prisma.attention.findMany({ ...page, select: ATTENTION }), byId),
        open_questions: pages((page) => prisma.openQuestion.findMany({ ...page, select: QUESTION }), byId),
        golden_questions: pages((page) => prisma.goldenQuestion.findMany({ ...page, select: GOLDEN }), byId),
        revisions: pages((page) => prisma.revision.findMany({ ...page, select: REVISION }), byNumber),
        broadcasts: pages((page) => prisma.broadcast.findMany({ ...page, select: BROADCAST }), byId),
        subscriptions: pages((page) => prisma.subscription.findMany({ ...page, select: SUBSCRIPTION }), byId),
        audit: pages(async (page) => (await prisma.auditLine.findMany({ ...page, select: AUDIT_LINE })).map(ofAdmin), byNumber),
      };
      return Object.entries(tables).map(([name, rows]) => ({ name, pages: inSnakeCase(rows) }));
    },

    async files(tenantId: string): Promise<ExportFile[]> {
      const files: ExportFile[] = [];
      const sent = (page: Page<string>) => prisma.sentFile.findMany({ ...page, select: only('id', 'mimeType') });
      for await (const rows of pages(sent, { tenantId, first: FIRST_ID }))
        files.push(...rows.map((row) => sentFile(tenantId, row)));
      const read = (page: Page<string>) => prisma.broadcastPhoto.findMany({ ...page, select: only('id', 'type') });
      for await (const rows of pages(read, { tenantId, first: FIRST_ID })) {
        files.push(...rows.map((row) => photoFile(tenantId, row)));
      }
      return files;
    },
  };
}

export type ExportRead = ReturnType<typeof createExportRead>;

async function* inSnakeCase(pages: AsyncIterable<Row[]>): AsyncGenerator<Record<string, unknown>[]> {
  for await (const rows of pages) yield rows.map(snakeCaseKeys);
}

/** The columns' own names. Ids of messages are far below 2^53. */
const snakeCaseKeys = (row: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(row).map(([key, value]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      typeof value === 'bigint' ? Number(value) : value,
    ]),
  );
