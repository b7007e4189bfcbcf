export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export const MOST_ROWS = { exception: 20, address: 10, phone: 10 } as const;
export type RowKind = keyof typeof MOST_ROWS;

/** A field of a row; its type is the schema's. */
export const cell = <Value = string>(form: object, kind: RowKind, at: number, field: string): Value =>
  (form as Record<string, Value>)[`${kind}.${at}.${field}`] as Value;
