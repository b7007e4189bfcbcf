import type { PlanName } from './plans.ts';

/** `questions`: golden questions per bot. `calls`: of the AI for them, of the whole business on a UTC day. */
export const GOLDEN_LIMITS: Record<PlanName, { questions: number; calls: number }> = {
  FREE: { questions: 10, calls: 50 },
  STARTER: { questions: 20, calls: 150 },
  BASIC: { questions: 50, calls: 500 },
  PREMIUM: { questions: 200, calls: 2_000 },
};
