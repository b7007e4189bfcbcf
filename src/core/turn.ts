import type { Attachment, MessageKind } from './message.ts';

/** One unanswered message of a customer, as it is kept. */
export interface TurnMessage {
  id: number;
  externalId: string;
  kind: MessageKind;
  text: string;
  attachment: Attachment | null;
}

/** Commands every bot knows; any other is read as text. */
export const COMMANDS = ['start', 'help', 'language', 'human', 'stop'] as const;
export type Command = (typeof COMMANDS)[number];

/** What people write where there are no commands: broadcasts end and begin again by a word alone. */
const STOP_WORD = /^\/?(?:stop|стоп)[.!]*$/iu;
const START_WORD = /^start[.!]*$/iu;

/** `/language@aida_bot ru` → language, 'ru'. Null when it is none of ours. */
export function commandOf({ kind, text }: Pick<TurnMessage, 'kind' | 'text'>): { command: Command; argument: string } | null {
  if (kind === 'text' && STOP_WORD.test(text.trim())) return { command: 'stop', argument: '' };
  if (kind === 'text' && START_WORD.test(text.trim())) return { command: 'start', argument: '' };
  if (kind !== 'command') return null;
  const match = /^\/([a-z_]+)(?:@\w+)?(?:\s+(.*))?$/is.exec(text.trim());
  const command = COMMANDS.find((known) => known === match?.[1]?.toLowerCase());
  return command ? { command, argument: (match?.[2] ?? '').trim() } : null;
}

/** Whether a turn ends broadcasts to the customer (true), lets them begin again (false), or says nothing of them (null). */
export function optsOut(turn: readonly TurnMessage[]): boolean | null {
  const command = turn[0] && commandOf(turn[0])?.command;
  return command === 'stop' ? true : command === 'start' ? false : null;
}

/**
 * The messages the next reply answers, out of all that wait: a command by itself, else everything up to the next command,
 * so that quick messages in a row get one answer. Order is kept.
 */
export function nextTurn(waiting: readonly TurnMessage[]): TurnMessage[] {
  const firstCommand = waiting.findIndex((message) => commandOf(message) !== null);
  if (firstCommand === 0) return waiting.slice(0, 1);
  return waiting.slice(0, firstCommand < 0 ? waiting.length : firstCommand);
}

/**
 * What is left to answer once newer wordings replace older ones of the same message. An edit's external id is that of the
 * message it edits with something after a colon (channels/*.decode). An edit of a message answered earlier is simply new.
 */
export function withLatestWordings(turn: readonly TurnMessage[]): TurnMessage[] {
  const edits = turn.filter(({ kind }) => kind === 'edited');
  const originalOf = (edit: TurnMessage): string => edit.externalId.slice(0, edit.externalId.lastIndexOf(':'));
  return turn.filter((message) => {
    const original = message.kind === 'edited' ? originalOf(message) : message.externalId;
    return !edits.some((edit) => edit.id > message.id && originalOf(edit) === original);
  });
}
