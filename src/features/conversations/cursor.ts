import { isId } from '#platform/crypto/ids.ts';

/** Where a page of conversations ended: newest first by time, the id settles ties. */
export interface Cursor {
  at: Date;
  id: string;
}

const CURSOR = /^(\d{1,13})_([0-9a-f-]{36})$/;

export const writeCursor = ({ at, id }: Cursor): string => Buffer.from(`${at.getTime()}_${id}`).toString('base64url');

/** The cursor in a query string; null for anything that is none, which then shows the first page. */
export function readCursor(value: unknown): Cursor | null {
  if (typeof value !== 'string' || value.length > 100) return null;
  const [, time, id] = CURSOR.exec(Buffer.from(value, 'base64url').toString('latin1')) ?? [];
  const at = new Date(Number(time));
  return isId(id) && !Number.isNaN(at.getTime()) ? { at, id } : null;
}
