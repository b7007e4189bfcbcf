import { DAY_MS } from './durations.ts';

export type PlanBanner =
  | { kind: 'ended' }
  | { kind: 'ends'; at: Date; days: number }
  | { kind: 'used_up' }
  | { kind: 'low'; left: number };

const NOTICE_DAYS = 7;
const LOW_SHARE = 0.1;

/** What stops the answers soonest: the plan's end, or its answers. Null: neither is near. */
export function planBanner(
  { endsAt, used, limit }: { endsAt: Date | null; used: number; limit: number },
  now: Date,
): PlanBanner | null {
  const leftMs = endsAt ? endsAt.getTime() - now.getTime() : null;
  if (leftMs !== null && leftMs <= 0) return { kind: 'ended' };
  if (used >= limit) return { kind: 'used_up' };
  if (endsAt && leftMs !== null && leftMs <= NOTICE_DAYS * DAY_MS) {
    return { kind: 'ends', at: endsAt, days: Math.ceil(leftMs / DAY_MS) };
  }
  return limit - used <= limit * LOW_SHARE ? { kind: 'low', left: limit - used } : null;
}
