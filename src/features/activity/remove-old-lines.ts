import type { Database } from '#platform/db/database.ts';
import { report } from '#platform/db/statement.ts';

const removeStep = report<{ now: Date; limit: number }, { id: number }>(import.meta.url, './statements/remove-old-lines.sql');

const STEP_LINES = 5_000;

/** S12 (a leaving tenant), S70: the log has an end. */
export async function removeOldLinesAcrossTenants({ sql }: Pick<Database, 'sql'>, now: Date): Promise<void> {
  for (;;) {
    const removed = await removeStep(sql, { now, limit: STEP_LINES });
    if (removed.length < STEP_LINES) return;
  }
}
