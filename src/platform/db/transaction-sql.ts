import { Prisma, type Sql } from './database.ts';
import type { Transaction } from './row-lock.ts';

/** Runs a report of a .sql file inside a Prisma transaction. Moments are passed as text: Prisma sends a Date without its zone. */
export const sqlIn = (tx: Transaction): Sql => ({
  async query(query, values = []) {
    // Prisma takes the texts between the parameters, and a value for each place.
    const pieces = (typeof query === 'string' ? query : query.text).split(/\$(\d+)/);
    const texts = pieces.filter((_, i) => i % 2 === 0);
    const inOrder = pieces.filter((_, i) => i % 2 === 1).map((number) => values[Number(number) - 1]);
    const rows = await tx.$queryRaw<unknown[]>(new Prisma.Sql(texts, inOrder));
    return { rows, rowCount: rows.length } as never;
  },
});
