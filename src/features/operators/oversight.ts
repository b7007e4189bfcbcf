import type { OpenAiProblem } from './ai-problems.ts';
import type { OversightRead } from './oversight.read.ts';

// All tenants are counted at most this often, however many admins look.
const FRESH_MS = 3_000;

export function createOversight({ read }: { read: OversightRead & { aiProblems: () => Promise<OpenAiProblem[]> } }) {
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
    const aiProblems = await read.aiProblems();
    return { totals, days: days.toReversed(), failures, aiProblems, connections, faults, refusals, queue, leases, now };
  }

  return {
    look(now: Date): ReturnType<typeof count> {
      if (kept && Math.abs(now.getTime() - kept.atMs) < FRESH_MS) return kept.view;
      const view = count(now);
      kept = { atMs: now.getTime(), view };
      view.catch(() => {
        kept = null;
      });
      return view;
    },
  };
}

export type Oversight = ReturnType<typeof createOversight>;
