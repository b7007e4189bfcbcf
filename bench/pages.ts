// Page times on a large installation (scripts/seed-large.ts). One person who owns the largest business and is an admin opens the
// pages on schedule, whatever is still being answered.
import type { Visitor } from '../tests/support/site-visitor.ts';
import { id, onLargeInstallation } from './large-installation.ts';
import type { Numbers, Times } from './scenarios.ts';

const PER_SECOND = 20;
const REFUSED = 429;

export const BOT = `/bots/${id(4, 1)}`;
const PAGES: Record<string, string> = {
  dashboard: '/dashboard',
  bot: BOT,
  conversations: '/conversations',
  waiting: '/conversations?waiting=1',
  // A word of every message, of one, and a part of a name.
  searchCommon: '/conversations?q=message',
  searchRare: '/conversations?q=number+500000',
  searchName: '/conversations?q=stomer+77',
  botConversations: `${BOT}/conversations`,
  conversation: `${BOT}/conversations/${id(7, 20)}`,
  knowledge: `${BOT}/knowledge`,
  subscription: '/subscription',
  analytics7: `${BOT}/analytics?period=7`,
  analytics90: `${BOT}/analytics?period=90`,
  admin: '/admin',
  adminUsers: '/admin/users',
  adminUsersSearch: '/admin/users?q=owner4321',
  adminUser: `/admin/users/${id(2, 77)}`,
  adminBots: '/admin/bots',
  adminAudit: '/admin/audit',
};

/** p50 and p95 of each page, in ms. */
export const pages = (times: Times): Promise<Numbers> =>
  onLargeInstallation(times, async ({ person, ms }) => {
    await openAll(person, PAGES, times.warmUpMs);
    return numbersOf(await openAll(person, PAGES, ms));
  });

/** Opens the pages in turn, one every 50 ms; returns the times of each. */
export async function openAll(person: Visitor, paths: Record<string, string>, ms: number): Promise<Map<string, number[]>> {
  const took = new Map<string, number[]>([...Object.keys(paths), 'refused'].map((name) => [name, []]));
  const [list, under] = [Object.entries(paths), [] as Promise<void>[]];
  const open = async (name: string, path: string): Promise<void> => {
    const startMs = performance.now();
    const { status } = await person.get(path);
    // A business has a few heavy reads at once; on a machine that cannot keep the pace, more are refused.
    if (status !== 200 && status !== REFUSED) throw new Error(`${path} answered ${status}`);
    took.get(status === 200 ? name : 'refused')?.push(performance.now() - startMs);
  };
  const startedMs = performance.now();
  for (let i = 0; i < (ms * PER_SECOND) / 1_000; i += 1) {
    const waitMs = startedMs + (i * 1_000) / PER_SECOND - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const [name, path] = list[i % list.length] as [string, string];
    under.push(open(name, path));
  }
  await Promise.all(under);
  return took;
}

export function numbersOf(took: Map<string, number[]>): Numbers {
  const at = (sorted: number[], share: number): number => sorted[Math.floor(sorted.length * share)] ?? 0;
  const { length: refused } = took.get('refused') ?? [];
  const shown = [...took].filter(([name]) => name !== 'refused');
  const all = [...shown, ['all', shown.flatMap(([, values]) => values)] as const].map(
    ([name, values]) => [name, values.toSorted((a, b) => a - b)] as const,
  );
  const times = all.flatMap(([name, sorted]) => [
    [`${name}P50Ms`, at(sorted, 0.5)],
    [`${name}P95Ms`, at(sorted, 0.95)],
  ]);
  return { ...Object.fromEntries(times), refused };
}
