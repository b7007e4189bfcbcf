import { Prisma, type Sql } from './database.ts';
import type { Transaction } from './row-lock.ts';

/** Times are passed as text, because Prisma sends a Date without its zone. */
export const sqlIn = (tx: Transaction): Sql => ({
  async query(query, values = []) {
    const pieces = (typeof query === 'string' ? query : query.text).split(/\$(\d+)/);
    const texts = pieces.filter((_, i) => i % 2 === 0);
    const inOrder = pieces.filter((_, i) => i % 2 === 1).map((number) => values[Number(number) - 1]);
    const rows = await tx.$queryRaw<unknown[]>(new Prisma.Sql(texts, inOrder));
    return { rows, rowCount: rows.length } as never;
  },
});
