import { LimitReachedError } from './errors.ts';

/** Cheapest first. */
export const PLAN_NAMES = ['FREE', 'STARTER', 'BASIC', 'PREMIUM'] as const;
export type PlanName = (typeof PLAN_NAMES)[number];

export interface Plan {
  name: PlanName;
  /** Soʻm per month; whole. */
  priceUzs: number;
  maxBots: number;
  /** AI answers per UTC month. */
  maxMessagesPerMonth: number;
  /** Recipients of broadcasts per UTC month. They cost us little; the limit keeps one tenant from taking all the room. */
  maxBroadcastRecipientsPerMonth: number;
}

/** The one table of plans. A subscription copies its limits, so that an admin can override them per tenant. */
export const PLANS: Record<PlanName, Plan> = {
  FREE: {
    name: 'FREE',
    priceUzs: 0,
    maxBots: 1,
    maxMessagesPerMonth: 100,
    maxBroadcastRecipientsPerMonth: 100_000,
  },
  STARTER: {
    name: 'STARTER',
    priceUzs: 99_000,
    maxBots: 2,
    maxMessagesPerMonth: 1_000,
    maxBroadcastRecipientsPerMonth: 300_000,
  },
  BASIC: {
    name: 'BASIC',
    priceUzs: 249_000,
    maxBots: 5,
    maxMessagesPerMonth: 5_000,
    maxBroadcastRecipientsPerMonth: 1_000_000,
  },
  PREMIUM: {
    name: 'PREMIUM',
    priceUzs: 699_000,
    maxBots: 20,
    maxMessagesPerMonth: 25_000,
    maxBroadcastRecipientsPerMonth: 5_000_000,
  },
};

/** A period of a subscription, as far as it decides what a tenant may do. */
export interface PlanPeriod {
  type: PlanName;
  maxBots: number;
  maxMessagesPerMonth: number;
  /** Null: no end. */
  endsAt: Date | null;
  active: boolean;
}

/**
 * The limits in force at a moment: those of the active period until its end, otherwise those of the free plan.
 * SQL has the same rule in the function `active_plans(moment)`; tests/features/billing/active-plans.test.ts compares both.
 */
export function planInForce(period: PlanPeriod | null, now: Date): Pick<PlanPeriod, 'type' | 'maxBots' | 'maxMessagesPerMonth'> {
  const inForce = period?.active && (period.endsAt === null || period.endsAt > now);
  const { type, maxBots, maxMessagesPerMonth } = inForce ? period : { type: 'FREE' as const, ...PLANS.FREE };
  return { type, maxBots, maxMessagesPerMonth };
}

/** What plans know of a channel: its name, and the cheapest plan that includes it. */
export interface PlannedChannel {
  name: string;
  plan: PlanName;
}

/** Whether bots of the plan may be connected to the channel. A plan includes what the cheaper ones include. */
export const includesChannel = (plan: PlanName, channel: PlannedChannel): boolean =>
  PLAN_NAMES.indexOf(plan) >= PLAN_NAMES.indexOf(channel.plan);

/** @throws LimitReachedError that says what the channel costs, when the plan lacks it. */
export function requireChannel(plan: PlanName, channel: PlannedChannel): void {
  if (includesChannel(plan, channel)) return;
  const price = String(PLANS[channel.plan].priceUzs).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
  throw new LimitReachedError('plans.error.channel_locked', { channel: channel.name, plan: channel.plan, price });
}
