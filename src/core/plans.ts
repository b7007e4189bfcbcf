export const PLAN_NAMES = ['FREE', 'STARTER', 'BASIC', 'PREMIUM'] as const;
export type PlanName = (typeof PLAN_NAMES)[number];

export interface Plan {
  name: PlanName;
  /** Soʻm per month; whole. */
  priceUzs: number;
  maxBots: number;
  /** AI answers per UTC month. */
  maxMessagesPerMonth: number;
}

/** The one table of plans. A subscription copies its limits, so that an admin can override them per tenant. */
export const PLANS: Record<PlanName, Plan> = {
  FREE: { name: 'FREE', priceUzs: 0, maxBots: 1, maxMessagesPerMonth: 100 },
  STARTER: { name: 'STARTER', priceUzs: 99_000, maxBots: 2, maxMessagesPerMonth: 1_000 },
  BASIC: { name: 'BASIC', priceUzs: 249_000, maxBots: 5, maxMessagesPerMonth: 5_000 },
  PREMIUM: { name: 'PREMIUM', priceUzs: 699_000, maxBots: 20, maxMessagesPerMonth: 25_000 },
};

/** First day of the UTC month `now` is in, as YYYY-MM-DD: the key of a usage row. */
export const monthOf = (now: Date): string => `${now.toISOString().slice(0, 7)}-01`;
