import { z } from 'zod';
import { isId } from '#platform/crypto/ids.ts';

export interface Cursor {
  at: Date;
  id: string;
}

const CURSOR = /^(\d{1,13})_([0-9a-f-]{36})$/;
const MAX_CURSOR_CHARS = 100;

export const writeCursor = ({ at, id }: Cursor): string => Buffer.from(`${at.getTime()}_${id}`).toString('base64url');

export function readCursor(value: unknown): Cursor | null {
  if (typeof value !== 'string' || value.length > MAX_CURSOR_CHARS) return null;
  const [, time, id] = CURSOR.exec(Buffer.from(value, 'base64url').toString('latin1')) ?? [];
  const at = new Date(Number(time));
  return isId(id) && !Number.isNaN(at.getTime()) ? { at, id } : null;
}

/** Query field of a list ordered by number. An invalid value shows the first page. */
export const numberCursor = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER).nullable().catch(null);

/** Query field with an id: a cursor or a filter. An invalid value is ignored. */
export const idField = z.string().refine(isId).nullable().catch(null);

/** Expects one row more than `size`. The next page continues after `last`, which is null on the last page. */
export function pageOf<Row>(rows: readonly Row[], size: number): { shown: Row[]; last: Row | null } {
  const shown = rows.slice(0, size);
  return { shown, last: rows.length > size ? (shown.at(-1) ?? null) : null };
}
