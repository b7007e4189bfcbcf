import type { OversightRead } from './oversight.read.ts';

// However many admins look, and however often, all tenants are counted this often at most.
const FRESH_MS = 3_000;

/** The first page's numbers, a few seconds old at most. */
export function createOversight({ read }: { read: OversightRead }) {
  let kept: { atMs: number; view: ReturnType<typeof count> } | null = null;

  async function count(now: Date) {
    const [totals, days, failures] = [
      await read.totalsAcrossTenants(now),
      await read.daysAcrossTenants(now),
      await read.failuresAcrossTenants(now),
    ];
    const connections = await read.connectionsAcrossTenants();
    const faults = await read.channelFaultsAcrossTenants(now);
    const refusals = await read.refusalsAcrossTenants(now);
    const [queue, leases] = [await read.queueAcrossTenants(), await read.leasesAcrossTenants()];
    return { totals, days: days.toReversed(), failures, connections, faults, refusals, queue, leases, now };
  }

  return {
    look(now: Date): ReturnType<typeof count> {
      if (kept && Math.abs(now.getTime() - kept.atMs) < FRESH_MS) return kept.view;
      const view = count(now);
      kept = { atMs: now.getTime(), view };
      // A failed count is not kept.
      view.catch(() => {
        kept = null;
      });
      return view;
    },
  };
}

export type Oversight = ReturnType<typeof createOversight>;
