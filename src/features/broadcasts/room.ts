import { PLANS, type PlanName } from '#core/plans.ts';
import type { Sql } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const readRoom = report<{ tenantId: string }, { scheduled: number; photoBytes: number; plan: PlanName | null }>(
  import.meta.url,
  './statements/broadcast-room.sql',
);

/** S70 (disk): what the plan leaves. Exact only while the caller holds the tenant's row. */
export async function roomOf(sql: Sql, tenantId: string): Promise<{ photoBytes: number; scheduled: number }> {
  const [used] = await readRoom(sql, { tenantId });
  const plan = PLANS[used?.plan ?? 'FREE'];
  return {
    photoBytes: plan.maxPhotoBytes - (used?.photoBytes ?? 0),
    scheduled: plan.maxScheduledBroadcasts - (used?.scheduled ?? 0),
  };
}
