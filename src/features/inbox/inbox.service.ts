import type { AuditAction } from '#core/audit-actions.ts';
import type { AuditLog } from '#core/audit-log.ts';
import { NotFoundError, ValidationError } from '#core/errors.ts';
import { REPLY_LANGUAGES, type ReplyLanguage } from '#core/languages.ts';
import { savedReplyFor } from '#core/saved-reply.ts';
import type { MessageLine } from '#features/conversations/feature.ts';
import type { CustomersApi } from '#features/customers/feature.ts';
import { isId } from '#platform/crypto/ids.ts';
import type { Actor } from '#web/actor.ts';
import type { AssignmentsQueries } from './assignments.queries.ts';
import { MAX_NOTE_CHARS, type NoteForm } from './inbox.schema.ts';
import type { LabelsQueries } from './labels.queries.ts';
import type { NotesQueries } from './notes.queries.ts';
import type { SavedRepliesQueries } from './saved-replies.queries.ts';
import type { SuggestedFor, Suggestions } from './suggestions.service.ts';

interface Deps {
  notes: NotesQueries;
  labels: LabelsQueries;
  assignments: AssignmentsQueries;
  replies: SavedRepliesQueries;
  customers: Pick<CustomersApi, 'card' | 'group'>;
  suggestions: Pick<Suggestions, 'shown'>;
  audit: AuditLog;
}

/** What the acts need of a conversation. */
export interface InboxConversation extends SuggestedFor {
  /** Null in a group. */
  customerId: string | null;
  isGroup: boolean;
}

/** The page of a thread: its first message's time, and the message it ends before (null: at the newest). */
export interface ShownPage {
  from: Date | null;
  beforeId: number | null;
  messages: readonly MessageLine[];
}

/** What the staff do with a conversation among themselves: notes, labels, assignment, saved replies. */
export function createInbox({ notes, labels, assignments, replies, customers, suggestions, audit }: Deps) {
  const record = (
    actor: Actor,
    action: AuditAction,
    { id, botId }: InboxConversation,
    details: Record<string, unknown> = {},
  ): Promise<void> =>
    audit.record({ ...actor, action, targetType: 'conversation', targetId: id, details: { botId, ...details } });

  return {
    /** For the page of a conversation. */
    async beside(tenantId: string, conversation: InboxConversation, { from, beforeId, messages }: ShownPage) {
      const { id } = conversation;
      const before = beforeId === null ? null : await notes.timeOf(tenantId, id, beforeId);
      const [inThread, all, put, members, assigned, saved, card, group, suggestion] = await Promise.all([
        notes.inThread(tenantId, id, { from, before }),
        labels.list(tenantId),
        labels.ofConversations(tenantId, [id]),
        assignments.members(tenantId),
        assignments.ofConversations(tenantId, [id]),
        replies.list(tenantId),
        customers.card(tenantId, conversation),
        customers.group(tenantId, conversation),
        beforeId === null ? suggestions.shown(tenantId, conversation, messages) : null,
      ]);
      const on = new Set((put.get(id) ?? []).map((label) => label.id));
      const assigneeId = assigned.get(id) ?? null;
      return {
        notes: inThread,
        labels: all.map((label) => ({ ...label, on: on.has(label.id) })),
        members,
        assignee: members.find(({ userId }) => userId === assigneeId) ?? null,
        savedReplies: saved.map((reply) => ({ id: reply.id, name: reply.name })),
        card: card && { ...card, notes: await notes.ofCustomers(tenantId, card.ids) },
        group,
        suggestion,
        languages: REPLY_LANGUAGES,
        maxNoteChars: MAX_NOTE_CHARS,
      };
    },

    /** In the customer's language and with their name; '' when there is none. */
    async replyFor(tenantId: string, { id, language }: InboxConversation, replyId: unknown): Promise<string> {
      const saved = isId(replyId) ? await replies.find(tenantId, replyId) : null;
      if (!saved) return '';
      return savedReplyFor(saved.texts, language as ReplyLanguage | null, await replies.firstNameOf(tenantId, id));
    },

    /** Labels and the assignee's id, by conversation: for the rows of a list. */
    async ofRows(tenantId: string, ids: string[]) {
      const [byConversation, assigned] = await Promise.all([
        labels.ofConversations(tenantId, ids),
        assignments.ofConversations(tenantId, ids),
      ]);
      return new Map(
        ids.map((id) => [id, { labels: byConversation.get(id) ?? [], assigneeId: assigned.get(id) ?? null }] as const),
      );
    },

    allLabels: labels.list,

    /** In the customer's language and with their name. */
    async repliesFor(tenantId: string, { id, language }: InboxConversation) {
      const [saved, name] = await Promise.all([replies.list(tenantId), replies.firstNameOf(tenantId, id)]);
      const text = (texts: (typeof saved)[number]['texts']): string =>
        savedReplyFor(texts, language as ReplyLanguage | null, name);
      return saved.map((reply) => ({ id: reply.id, name: reply.name, text: text(reply.texts) }));
    },

    /** @throws ValidationError for a note on the customer of a group */
    async addNote(actor: Actor, conversation: InboxConversation, { text, about }: NoteForm): Promise<void> {
      const { id, customerId } = conversation;
      if (about === 'customer' && !customerId) throw new ValidationError({ about: 'errors.form.invalid' });
      const conversationId = about === 'customer' ? null : id;
      await notes.add({ tenantId: actor.tenantId, conversationId, customerId, authorId: actor.actorId, text });
      await record(actor, 'note.added', conversation);
    },

    /** An operator removes their own, an owner any. @throws NotFoundError */
    async removeNote(actor: Actor, conversation: InboxConversation, noteId: number): Promise<void> {
      const authorId = actor.actorKind === 'owner' ? null : actor.actorId;
      const { id, customerId } = conversation;
      if (!(await notes.remove(actor.tenantId, { conversationId: id, customerId }, { id: noteId, authorId }))) {
        throw new NotFoundError();
      }
      await record(actor, 'note.removed', conversation);
    },

    async putLabels(actor: Actor, conversation: InboxConversation, labelIds: string[]): Promise<void> {
      if (await labels.put(actor.tenantId, conversation.id, labelIds)) await record(actor, 'conversation.labelled', conversation);
    },

    /** `userId` null: nobody. @throws ValidationError for who is no member */
    async assign(actor: Actor, conversation: InboxConversation, userId: string | null): Promise<void> {
      const { tenantId } = actor;
      const change = userId
        ? await assignments.assign(tenantId, conversation.id, userId)
        : (await assignments.free(tenantId, conversation.id)) && 'done';
      if (change === 'gone') throw new ValidationError({ userId: 'inbox.assign.gone' });
      if (change === 'done') await record(actor, 'conversation.assigned', conversation, { userId });
    },
  };
}

export type Inbox = ReturnType<typeof createInbox>;
