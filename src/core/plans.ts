import { CHANNEL_NAMES } from './channel-names.ts';
import { LimitReachedError } from './errors.ts';
import { CHANNEL_KINDS, type ChannelKind } from './message.ts';

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
  /** Where its bots may be connected. */
  channels: readonly ChannelKind[];
}

/** The one table of plans. A subscription copies its limits, so that an admin can override them per tenant. */
export const PLANS: Record<PlanName, Plan> = {
  FREE: {
    name: 'FREE',
    priceUzs: 0,
    maxBots: 1,
    maxMessagesPerMonth: 100,
    maxBroadcastRecipientsPerMonth: 100_000,
    channels: ['telegram'],
  },
  STARTER: {
    name: 'STARTER',
    priceUzs: 99_000,
    maxBots: 2,
    maxMessagesPerMonth: 1_000,
    maxBroadcastRecipientsPerMonth: 300_000,
    channels: ['telegram', 'instagram'],
  },
  BASIC: {
    name: 'BASIC',
    priceUzs: 249_000,
    maxBots: 5,
    maxMessagesPerMonth: 5_000,
    maxBroadcastRecipientsPerMonth: 1_000_000,
    channels: CHANNEL_KINDS,
  },
  PREMIUM: {
    name: 'PREMIUM',
    priceUzs: 699_000,
    maxBots: 20,
    maxMessagesPerMonth: 25_000,
    maxBroadcastRecipientsPerMonth: 5_000_000,
    channels: CHANNEL_KINDS,
  },
};

/** First day of the UTC month `now` is in, as YYYY-MM-DD: the key of a usage row. */
export const monthOf = (now: Date): string => `${now.toISOString().slice(0, 7)}-01`;

/** Whether bots of the plan may be connected to the channel. */
export const includesChannel = (plan: PlanName, kind: ChannelKind): boolean => PLANS[plan].channels.includes(kind);

/** What a channel costs: the cheapest plan that has it. */
export const cheapestPlanWith = (kind: ChannelKind): Plan =>
  PLAN_NAMES.map((name) => PLANS[name]).find(({ channels }) => channels.includes(kind)) ?? PLANS.PREMIUM;

/** @throws LimitReachedError that says what the channel costs, when the plan lacks it. */
export function requireChannel(plan: PlanName, kind: ChannelKind): void {
  if (includesChannel(plan, kind)) return;
  const { name, priceUzs } = cheapestPlanWith(kind);
  const price = String(priceUzs).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
  throw new LimitReachedError('plans.error.channel_locked', { channel: CHANNEL_NAMES[kind], plan: name, price });
}
