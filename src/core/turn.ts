import { marketingChoice } from './marketing-words.ts';
import type { Attachment, MessageKind, Place } from './message.ts';
import type { Reference } from './reference.ts';

export interface TurnMessage {
  id: number;
  externalId: string;
  kind: MessageKind;
  text: string;
  attachment: Attachment | null;
  /** What the AI saw or heard in the files, described once. */
  mediaText?: string | null;
  refersTo?: Reference | null;
  /** The customer's id; several people write in a group. */
  senderId?: string | null;
  place?: Place | null;
  /** Since it was written, by the platform's clock. */
  ageMs?: number;
}

/** Any other command is read as text. */
export const COMMANDS = ['start', 'help', 'language', 'human', 'stop', 'forget'] as const;
export type Command = (typeof COMMANDS)[number];

/** `/language@aida_bot ru` → language, 'ru'. Null when it is not one of COMMANDS. */
export function commandOf({ kind, text }: Pick<TurnMessage, 'kind' | 'text'>): { command: Command; argument: string } | null {
  // WhatsApp and Instagram have no commands, so words stop or start broadcasts.
  const out = kind === 'text' ? marketingChoice(text) : null;
  if (out === true) return { command: 'stop', argument: '' };
  if (out === false && !text.trim().startsWith('/')) return { command: 'start', argument: '' };
  if (kind !== 'command') return null;
  const match = /^\/([a-z_]+)(?:@\w+)?(?:\s+(.*))?$/is.exec(text.trim());
  const command = COMMANDS.find((known) => known === match?.[1]?.toLowerCase());
  return command ? { command, argument: (match?.[2] ?? '').trim() } : null;
}

/** True ends broadcasts to the customer, false allows them again, null says neither. */
export function optsOut(turn: readonly TurnMessage[]): boolean | null {
  const command = turn[0] && commandOf(turn[0])?.command;
  return command === 'stop' ? true : command === 'start' ? false : null;
}

const DATA: readonly MessageKind[] = ['order', 'form', 'contact', 'location'];

/** What a customer filled in or shared. Staff must look at it, and the AI is not asked. */
export const isData = ({ kind }: Pick<TurnMessage, 'kind'>): boolean => DATA.includes(kind);

/** What a message says: its text, else what was shared with it. */
export function wordsOf({
  kind,
  text,
  attachment,
  refersTo,
}: Pick<TurnMessage, 'kind' | 'text' | 'attachment' | 'refersTo'>): string {
  const { title, address, name, phone } = attachment ?? {};
  const post = kind === 'share' ? refersTo?.text : '';
  return text.trim() || [title, address, name, phone, post].filter(Boolean).join(', ');
}

/** What one person wrote in one topic. A command, a pressed button or data is answered alone, the rest up to the next one together. */
export function nextTurn(all: readonly TurnMessage[]): TurnMessage[] {
  const [first] = all;
  const waiting = all.filter(({ senderId, place }) => senderId === first?.senderId && place?.thread === first?.place?.thread);
  const firstAlone = waiting.findIndex(
    (message) => commandOf(message) !== null || message.attachment?.choice !== undefined || isData(message),
  );
  if (firstAlone === 0) return waiting.slice(0, 1);
  return waiting.slice(0, firstAlone < 0 ? waiting.length : firstAlone);
}

/** Drops wordings that a later edit replaces. An edit's external id is the original's plus a suffix after a colon. */
export function withLatestWordings(turn: readonly TurnMessage[]): TurnMessage[] {
  const edits = turn.filter(({ kind }) => kind === 'edited');
  const originalOf = (edit: TurnMessage): string => edit.externalId.slice(0, edit.externalId.lastIndexOf(':'));
  return turn.filter((message) => {
    const original = message.kind === 'edited' ? originalOf(message) : message.externalId;
    return !edits.some((edit) => edit.id > message.id && originalOf(edit) === original);
  });
}
