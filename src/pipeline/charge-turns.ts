import type { Sql } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { CHARGE_TURNS, OPEN_MONTHS } from './usage.sql.ts';

/** `month`: what to keep with the answer. A refusal is a reason why the AI must not be asked. */
export type Charge = { ok: true; month: string } | { ok: false; reason: 'quota_reached' | 'customer_pause' };

export interface TurnToCharge {
  tenantId: string;
  conversationId: string;
  /** The conversation's, when the turn began. */
  epoch: number;
  customerId: string | null;
  /** All messages of the turn: a charge on any of them, by a try that was cut off, counts for the turn. */
  messageIds: number[];
}

interface Limits {
  freeLimit: number;
  customerMessagesPerMinute: number;
}

interface Row {
  ord: number;
  month: string | null;
  paused: boolean;
  counted: boolean;
}

/** Takes one answer for each turn, all in one statement; a tenant's first of a month takes three. */
export async function chargeTurns(sql: Sql, turns: TurnToCharge[], limits: Limits): Promise<Charge[]> {
  const rows = await chargeOnce(sql, turns, limits);
  const uncounted = rows.flatMap((row, i) => (row?.counted === false && row.month === null && !row.paused ? [i] : []));
  if (uncounted.length > 0) {
    const again = uncounted.map((i) => turns[i] as TurnToCharge);
    await sql.query(OPEN_MONTHS, [again.map(({ tenantId }) => tenantId)]);
    const rest = await chargeOnce(sql, again, limits);
    for (const [k, i] of uncounted.entries()) rows[i] = rest[k];
  }
  return rows.map(chargeOf);
}

async function chargeOnce(sql: Sql, turns: TurnToCharge[], limits: Limits): Promise<(Row | undefined)[]> {
  const values = [
    turns.map(({ tenantId }) => tenantId),
    turns.map(({ conversationId }) => conversationId),
    turns.map(({ customerId }) => customerId),
    turns.flatMap(({ messageIds }) => messageIds),
    turns.flatMap(({ messageIds }, i) => messageIds.map(() => i + 1)),
    limits.freeLimit,
    limits.customerMessagesPerMinute,
    turns.map(({ epoch }) => epoch),
  ];
  const { rows } = await retryOnConflict(() => sql.query<Row>({ name: 'usage-charge-turns', text: CHARGE_TURNS, values }));
  const byTurn = new Map(rows.map((row) => [row.ord, row]));
  return turns.map((_, i) => byTurn.get(i + 1));
}

/** A turn whose messages are gone, or that was taken over, is not asked either; nobody need be told. */
function chargeOf(row: Row | undefined): Charge {
  if (row?.month) return { ok: true, month: row.month };
  return { ok: false, reason: row && !row.paused ? 'quota_reached' : 'customer_pause' };
}
