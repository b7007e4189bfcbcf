import { z } from 'zod';
import { channelOf } from '#channels/channels.ts';
import type { ChannelKind } from '#core/message.ts';
import { flagField, searchField } from '#web/form.ts';
import { type Cursor, idField, readCursor } from '#web/paging.ts';

/** A day as a browser's date field gives it. */
const dayField = z.iso.date().nullable().catch(null);

/** An invalid value is as if it were not there. */
export const listQuery = z.object({
  q: searchField,
  waiting: flagField,
  taken: flagField,
  mine: flagField,
  nobody: flagField,
  done: flagField,
  channel: z
    .string()
    .refine((kind) => channelOf(kind) !== undefined)
    .nullable()
    .catch(null),
  bot: idField,
  label: idField,
  from: dayField,
  to: dayField,
  after: z.string().optional().catch(undefined),
});

export type ListQuery = z.output<typeof listQuery>;

export interface ConversationFilter {
  botId: string | null;
  q: string;
  waitingOnly: boolean;
  /** A person answers. */
  takenOnly: boolean;
  /** Assigned to this member. */
  assignedTo: string | null;
  /** Those that need a person and have nobody. */
  nobodysOnly: boolean;
  doneOnly: boolean;
  channel: ChannelKind | null;
  labelId: string | null;
  /** Of the newest message, in the business' days. */
  fromDay: string | null;
  toDay: string | null;
  timeZone: string;
  after: Cursor | null;
}

export const EVERY_CONVERSATION: ConversationFilter = {
  botId: null,
  q: '',
  waitingOnly: false,
  takenOnly: false,
  assignedTo: null,
  nobodysOnly: false,
  doneOnly: false,
  channel: null,
  labelId: null,
  fromDay: null,
  toDay: null,
  timeZone: 'UTC',
  after: null,
};

export const filterOf = (query: ListQuery, { userId, timeZone }: { userId: string; timeZone: string }): ConversationFilter => ({
  botId: query.bot,
  q: query.q,
  waitingOnly: query.waiting,
  takenOnly: query.taken,
  assignedTo: query.mine ? userId : null,
  nobodysOnly: query.nobody,
  doneOnly: query.done,
  channel: query.channel,
  labelId: query.label,
  fromDay: query.from,
  toDay: query.to,
  timeZone,
  after: readCursor(query.after),
});

/** The query as text that ends in `&`, without its page and the fields in `without`; '' for the whole list. */
export function keepOf(query: ListQuery, without: readonly (keyof ListQuery)[] = []): string {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const isKept = value && name !== 'after' && !without.includes(name as keyof ListQuery);
    if (isKept) kept.set(name, value === true ? '1' : String(value));
  }
  return kept.size > 0 ? `${kept}&` : '';
}
