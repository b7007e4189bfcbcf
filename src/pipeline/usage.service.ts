import { type ComposedAnswer, isCharged } from '#answering/answer.ts';
import { DEFAULT_USD_UZS } from '#core/ai-prices.ts';
import { type AiSpent, type SpentColumns, spentColumns } from '#core/ai-spent.ts';
import { PLANS, type PlanName, UNPROVEN_ANSWERS } from '#core/plans.ts';
import type { AiFailureReason } from '#core/reasons.ts';
import { createBatcher } from '#platform/batcher.ts';
import type { Database } from '#platform/db/database.ts';
import { retryOnConflict } from '#platform/db/retry.ts';
import { report, statement } from '#platform/db/statement.ts';
import type { Claim } from './work.ts';

/** A customer may ask at the minute's limit in so many minutes of a day. */
const FULL_MINUTES_A_DAY = 15;
const BATCH = { spacingMs: 10, maxItems: 200 };

export interface Usage {
  plan: PlanName;
  used: number;
  limit: number;
  /** The end of the UTC month. */
  resetsAt: Date;
}

/** `freeLimit`: without a plan in force. `answersPer…`: of one customer; 0: any number. `usdUzs`: soʻm for a dollar. */
export interface AnswerLimits {
  freeLimit: number;
  answersPerMinute: number;
  answersPerDay: number;
  usdUzs: number;
}

/** `month` is stored with the answer. `free`: without a plan. `quiet`: the customer was told already. */
export type Charge = { ok: true; month: string; free: boolean } | { ok: false; reason: ChargeRefusal; quiet?: boolean };

/** `cost_ceiling`: the plan has answers left, but the month's cost has reached the owner's ceiling. */
export type ChargeRefusal = 'quota_reached' | 'cost_ceiling' | 'customer_pause' | 'customer_day';

export interface TurnToCharge extends Claim {
  tenantId: string;
  customerId: string | null;
  /** A charge on any message, by an interrupted try, counts for the turn. */
  messageIds: number[];
}

interface Charged {
  ord: number;
  month: string | null;
  free: boolean;
  pause: string | null;
  beyondCeiling: boolean;
  counted: boolean;
}

type Answered = Pick<ComposedAnswer, 'mode' | 'blocked' | 'spent'>;

interface OfTenant {
  tenantId: string;
  freeLimit: number;
  now: Date | null;
}

const chargeTurns = statement<
  {
    tenantIds: string[];
    conversationIds: string[];
    customerIds: (string | null)[];
    epochs: number[];
    messageIds: number[];
    messageTurns: number[];
  } & AnswerLimits,
  Charged
>(import.meta.url, './statements/charge-turns.sql');
const openMonths = report<{ tenantIds: string[] }>(import.meta.url, './statements/open-usage-months.sql');
const releaseCharges = report<{ messageIds: number[]; conversationId: string | null; epoch: number | null }>(
  import.meta.url,
  './statements/release-charges.sql',
);
const reserveAnswer = report<OfTenant & { usdUzs: number; unprovenLimit: number }, { month: string; free: boolean }>(
  import.meta.url,
  './statements/reserve-answer.sql',
);
const settleAnswer = report<{ tenantId: string; month: string; returned: number } & SpentColumns>(
  import.meta.url,
  './statements/settle-answer.sql',
);
const addSpent = report<{ tenantId: string } & SpentColumns>(import.meta.url, './statements/add-spent.sql');
const currentUsage = report<OfTenant, Usage>(import.meta.url, './statements/current-usage.sql');

/** Each reservation is one conditional statement, exact under concurrency. Months are UTC by the database's clock. */
export function createUsageService({
  database,
  customerMessagesPerMinute,
  usdUzs = DEFAULT_USD_UZS,
}: {
  database: Database;
  customerMessagesPerMinute: number;
  usdUzs?: number;
}) {
  const { sql } = database;
  const freeLimit = PLANS.FREE.maxMessagesPerMonth;
  const limits: AnswerLimits = {
    freeLimit,
    answersPerMinute: customerMessagesPerMinute,
    answersPerDay: customerMessagesPerMinute * FULL_MINUTES_A_DAY,
    usdUzs,
  };
  const charge = createBatcher<TurnToCharge, Charge>({ ...BATCH, flush: (turns) => chargeAll(sql, turns, limits) });

  /** Null: there is no room. `now` replaces the database's clock in tests. */
  const reserve = async (tenantId: string, now: Date | null = null): Promise<{ month: string; free: boolean } | null> =>
    (await reserveAnswer(sql, { tenantId, freeLimit, unprovenLimit: UNPROVEN_ANSWERS, usdUzs, now }))[0] ?? null;

  /** Why `reserve` refused. */
  async function refusal(tenantId: string, now: Date | null = null): Promise<'quota_reached' | 'cost_ceiling' | 'unproven'> {
    const [month] = await currentUsage(sql, { tenantId, freeLimit, now });
    if (!month || month.used >= month.limit) return 'quota_reached';
    const proven = await database.prisma.tenant.count({ where: { id: tenantId, provenAt: { not: null } } });
    return proven === 0 && month.used >= UNPROVEN_ANSWERS ? 'unproven' : 'cost_ceiling';
  }

  return {
    limits,
    refusal,

    reserve,

    /** An answer outside the message path. It is reserved before the AI is asked, and given back when the AI gave none. */
    async answerFor<Answer extends Answered>(
      tenantId: string,
      ask: (aiRefusal: AiFailureReason | null, free: boolean) => Promise<Answer>,
    ): Promise<Answer> {
      const now = await database.now();
      const reserved = await reserve(tenantId, now);
      if (!reserved) return ask(await refusal(tenantId, now), true);
      const settle = (returned: 0 | 1, spent?: AiSpent) =>
        settleAnswer(sql, { tenantId, month: reserved.month, returned, ...spentColumns(spent) });
      const answer = await ask(null, reserved.free).catch(async (error: unknown) => {
        await settle(1);
        throw error;
      });
      await settle(isCharged(answer) ? 0 : 1, answer.spent);
      return answer;
    },

    /** One charge per turn, however often it is tried. Refuses too many in a minute to one customer. */
    chargeTurn: charge.add,

    /** Returns the charges on these messages. Safe to repeat. `turn`: only while its worker has it. */
    async releaseMessages(messageIds: number[], turn?: Claim): Promise<void> {
      await releaseCharges(sql, { messageIds, conversationId: turn?.conversationId ?? null, epoch: turn?.epoch ?? null });
    },

    /** Of a call of the AI that is no answer: it counts for the ceiling and not for the plan. */
    async addSpent(tenantId: string, spent: AiSpent): Promise<void> {
      await addSpent(sql, { tenantId, ...spentColumns(spent) });
    },

    async current(tenantId: string, now: Date | null = null): Promise<Usage> {
      return (await currentUsage(sql, { tenantId, freeLimit, now }))[0] as Usage;
    },
  };
}

export type UsageService = ReturnType<typeof createUsageService>;

/** One statement for all turns. A tenant's first of a month takes three. */
async function chargeAll(sql: Database['sql'], turns: TurnToCharge[], limits: AnswerLimits): Promise<Charge[]> {
  const rows = await chargeOnce(sql, turns, limits);
  const uncounted = rows.flatMap((row, i) => (row?.counted === false && row.month === null && !row.pause ? [i] : []));
  if (uncounted.length > 0) {
    const again = uncounted.map((i) => turns[i] as TurnToCharge);
    await openMonths(sql, { tenantIds: again.map(({ tenantId }) => tenantId) });
    const rest = await chargeOnce(sql, again, limits);
    for (const [k, i] of uncounted.entries()) rows[i] = rest[k];
  }
  return rows.map(chargeOf);
}

async function chargeOnce(sql: Database['sql'], turns: TurnToCharge[], limits: AnswerLimits): Promise<(Charged | undefined)[]> {
  const params = {
    ...limits,
    tenantIds: turns.map(({ tenantId }) => tenantId),
    conversationIds: turns.map(({ conversationId }) => conversationId),
    customerIds: turns.map(({ customerId }) => customerId),
    epochs: turns.map(({ epoch }) => epoch),
    messageIds: turns.flatMap(({ messageIds }) => messageIds),
    messageTurns: turns.flatMap(({ messageIds }, i) => messageIds.map(() => i + 1)),
  };
  const rows = await retryOnConflict(() => chargeTurns(sql, params));
  const byTurn = new Map(rows.map((row) => [row.ord, row]));
  return turns.map((_, i) => byTurn.get(i + 1));
}

/** A turn that is gone, or that another worker has, is not asked either. */
function chargeOf(row: Charged | undefined): Charge {
  if (!row || row.pause === 'lost') return { ok: false, reason: 'customer_pause' };
  if (row.month) return { ok: true, month: row.month, free: row.free };
  if (row.pause) return row.pause === 'day' ? { ok: false, reason: 'customer_day' } : pausedBy(row.pause === 'told');
  return { ok: false, reason: row.beyondCeiling ? 'cost_ceiling' : 'quota_reached' };
}

const pausedBy = (quiet: boolean): Charge => ({ ok: false, reason: 'customer_pause', quiet });
