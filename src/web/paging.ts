import { z } from 'zod';
import { isId } from '#platform/crypto/ids.ts';

/** A position in a list of the newest first by time. The id decides between equal times. */
export interface Cursor {
  at: Date;
  id: string;
}

const CURSOR = /^(\d{1,13})_([0-9a-f-]{36})$/;
const MAX_CURSOR_CHARS = 100;

export const writeCursor = ({ at, id }: Cursor): string => Buffer.from(`${at.getTime()}_${id}`).toString('base64url');

/** The cursor of a query string. Anything else gives null, which shows the first page. */
export function readCursor(value: unknown): Cursor | null {
  if (typeof value !== 'string' || value.length > MAX_CURSOR_CHARS) return null;
  const [, time, id] = CURSOR.exec(Buffer.from(value, 'base64url').toString('latin1')) ?? [];
  const at = new Date(Number(time));
  return isId(id) && !Number.isNaN(at.getTime()) ? { at, id } : null;
}

const emptyToNull = (value: unknown): unknown => value || null;

/** Query field: a list ordered by number continues at this one. A link that was cut or changed shows the first page. */
export const numberCursor = z.preprocess(
  emptyToNull,
  z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null),
);

/** Query field: a list ordered by UUIDv7 continues at this one. */
export const idCursor = z.preprocess(emptyToNull, z.string().refine(isId).nullable().catch(null));

/**
 * Cuts rows, of which one more than `size` was asked for, to one page. `last` is the row at which the next page continues,
 * null on the last page.
 */
export function pageOf<Row>(rows: readonly Row[], size: number): { shown: Row[]; last: Row | null } {
  const shown = rows.slice(0, size);
  return { shown, last: rows.length > size ? (shown.at(-1) ?? null) : null };
}
