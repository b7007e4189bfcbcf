import { LimitReachedError } from './errors.ts';

/** Cheapest first. */
export const PLAN_NAMES = ['FREE', 'STARTER', 'BASIC', 'PREMIUM'] as const;
export type PlanName = (typeof PLAN_NAMES)[number];

/** The largest plan has no larger one. */
export const planAfter = (plan: PlanName): PlanName => PLAN_NAMES[PLAN_NAMES.indexOf(plan) + 1] ?? plan;

export interface Plan {
  name: PlanName;
  /** Soʻm per month, a whole number. */
  priceUzs: number;
  maxBots: number;
  /** AI answers per UTC month. */
  maxMessagesPerMonth: number;
  /** The limit keeps one tenant from using all capacity. */
  maxBroadcastRecipientsPerMonth: number;
  maxScheduledBroadcasts: number;
  /** Of broadcasts. */
  maxPhotoBytes: number;
  /** Of a site, at one import. */
  maxImportPages: number;
}

const MB = 1_048_576;

/** A subscription copies its limits, so that an admin can override them per tenant. */
export const PLANS: Record<PlanName, Plan> = {
  FREE: {
    name: 'FREE',
    priceUzs: 0,
    maxBots: 1,
    maxMessagesPerMonth: 100,
    maxBroadcastRecipientsPerMonth: 100_000,
    maxScheduledBroadcasts: 10,
    maxPhotoBytes: 25 * MB,
    maxImportPages: 50,
  },
  STARTER: {
    name: 'STARTER',
    priceUzs: 99_000,
    maxBots: 2,
    maxMessagesPerMonth: 1_000,
    maxBroadcastRecipientsPerMonth: 300_000,
    maxScheduledBroadcasts: 30,
    maxPhotoBytes: 100 * MB,
    maxImportPages: 200,
  },
  BASIC: {
    name: 'BASIC',
    priceUzs: 249_000,
    maxBots: 5,
    maxMessagesPerMonth: 5_000,
    maxBroadcastRecipientsPerMonth: 1_000_000,
    maxScheduledBroadcasts: 100,
    maxPhotoBytes: 250 * MB,
    maxImportPages: 1_000,
  },
  PREMIUM: {
    name: 'PREMIUM',
    priceUzs: 699_000,
    maxBots: 20,
    maxMessagesPerMonth: 25_000,
    maxBroadcastRecipientsPerMonth: 5_000_000,
    maxScheduledBroadcasts: 300,
    maxPhotoBytes: 1000 * MB,
    maxImportPages: 1_000,
  },
};

export interface PlanPeriod {
  type: PlanName;
  maxBots: number;
  maxMessagesPerMonth: number;
  endsAt: Date | null;
  active: boolean;
}

/** The plan that applies, with its limits. */
export type PlanInForce = Pick<PlanPeriod, 'type' | 'maxBots' | 'maxMessagesPerMonth'>;

/** The free plan applies after the period's end. SQL has the same rule in `active_plans(moment)`; a test compares both. */
export function planInForce(period: PlanPeriod | null, now: Date): PlanInForce {
  const inForce = period?.active && (period.endsAt === null || period.endsAt > now);
  const { type, maxBots, maxMessagesPerMonth } = inForce ? period : { type: 'FREE' as const, ...PLANS.FREE };
  return { type, maxBots, maxMessagesPerMonth };
}

export interface PlannedChannel {
  name: string;
  plan: PlanName;
}

export const includesChannel = (plan: PlanName, channel: PlannedChannel): boolean =>
  PLAN_NAMES.indexOf(plan) >= PLAN_NAMES.indexOf(channel.plan);

/** @throws LimitReachedError that says what the channel costs. */
export function requireChannel(plan: PlanName, channel: PlannedChannel): void {
  if (includesChannel(plan, channel)) return;
  const price = String(PLANS[channel.plan].priceUzs).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
  throw new LimitReachedError('plans.error.channel_locked', { channel: channel.name, plan: channel.plan, price });
}

/** AI answers of a business that has proven neither an e-mail nor a channel, to try its bot out. */
export const UNPROVEN_ANSWERS = 20;
