import type { Attachment } from './message.ts';

/** A button. `id` is what the platform gives back when it is pressed, at most 64 bytes. */
export interface Choice {
  id: string;
  label: string;
}

/** Buttons under a reply, stored with it. */
export interface Choices {
  items: Choice[];
  /** What the text says without its own list of the same choices. */
  lead?: string;
  /** On the button that opens a list, where a platform has one. */
  open?: string;
}

/** A press, as the message it stands for. */
export type Press =
  | { kind: 'text'; text: string; attachment: Pick<Attachment, 'choice'> }
  | { kind: 'command'; text: '/human'; command: 'human' };

const ENTRY = /^entry:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

export const PERSON_CHOICE = 'person';
/** None of the offered entries. */
export const OTHER_CHOICE = 'other';
export const entryChoice = (entryId: string): string => `entry:${entryId}`;

/** Null for a button that is not of a reply. `label`: what the button said, '' when that is not known. */
export function pressOf(id: string, label: string): Press | null {
  if (id === PERSON_CHOICE) return { kind: 'command', text: '/human', command: 'human' };
  if (id === OTHER_CHOICE) return { kind: 'text', text: label, attachment: { choice: OTHER_CHOICE } };
  const entryId = ENTRY.exec(id)?.[1];
  return entryId ? { kind: 'text', text: label, attachment: { choice: entryId } } : null;
}

/** In UTF-16 units, which no platform counts more strictly than its own; half a character is never left. */
export function cutLabel(label: string, max: number): string {
  const line = label.replace(/\s+/g, ' ').trim();
  return line.length <= max
    ? line
    : `${line
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/�$/u, '')
        .trimEnd()}…`;
}

/** Labels of at most `max`, each another: cut ones, and ones that would be alike, begin with their number. */
export function distinctLabels(items: readonly Choice[], max: number): string[] {
  const whole = items.map(({ label }) => cutLabel(label, max));
  const alike = new Set(whole.map((label) => label.toLowerCase())).size < whole.length;
  return items.map(({ label }, at) =>
    alike || whole[at]?.endsWith('…') ? cutLabel(`${at + 1}. ${label}`, max) : (whole[at] as string),
  );
}

/** A text sent in several parts has its buttons under the last, which is no lead. */
export const underLastPart = ({ lead, ...rest }: Choices, parts: number): Choices =>
  parts === 1 && lead !== undefined ? { ...rest, lead } : rest;
