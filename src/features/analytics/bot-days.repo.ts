import { addDays, dayIn } from '#core/time.ts';
import type { Database } from '#platform/db/database.ts';
import { countedSql, startOf } from './day-counts.sql.ts';

// An hour after midnight whatever began before it is committed and answered.
const SETTLED_MS = 3_600_000;
/** Older days are not counted by themselves any more: nothing shows them. */
const MAX_DAYS_BACK = 400;

const ZONES = `SELECT t.time_zone AS zone, to_char(coalesce(z.until + 1, (min(t.created_at) AT TIME ZONE t.time_zone)::date), 'YYYY-MM-DD') AS next
  FROM tenants t LEFT JOIN counted_zones z ON z.time_zone = t.time_zone GROUP BY t.time_zone, z.until`;

// The day and the mark that it is counted, in one statement: whichever process does it, or does it twice, the numbers are the same.
const COUNT_DAY = `WITH ${countedSql({
  from: '$2::date',
  until: '$2::date + 1',
  zone: '$1',
  where: 'm.tenant_id IN (SELECT id FROM tenants WHERE time_zone = $1)',
})},
  days AS (INSERT INTO bot_days (bot_id, tenant_id, day, counts)
    SELECT k.bot_id, b.tenant_id, k.day, jsonb_object_agg(k.key, k.n) FROM counted k JOIN bots b ON b.id = k.bot_id
    GROUP BY 1, 2, 3 ON CONFLICT (bot_id, day) DO UPDATE SET counts = excluded.counts)
  INSERT INTO counted_zones (time_zone, until) VALUES ($1, $2::date)
  ON CONFLICT (time_zone) DO UPDATE SET until = greatest(counted_zones.until, excluded.until)`;

// Who wrote on two days of a month is one customer of it: counted over the month, and kept with its last day.
const COUNT_MONTH = `INSERT INTO bot_days (bot_id, tenant_id, day, counts)
  SELECT n.bot_id, n.tenant_id, $2::date, jsonb_build_object('monthActive', count(DISTINCT m.conversation_id))
  FROM messages m JOIN connections n ON n.id = m.connection_id
  WHERE m.direction = 'in' AND m.created_at >= ${startOf("date_trunc('month', $2::date)", '$1')}
    AND m.created_at < ${startOf('$2::date + 1', '$1')} AND m.tenant_id IN (SELECT id FROM tenants WHERE time_zone = $1)
  GROUP BY 1, 2 ON CONFLICT (bot_id, day) DO UPDATE SET counts = bot_days.counts || excluded.counts`;

/** Counting the days that are over, so that no page has to read all messages. */
export function createBotDaysRepo({ database: { sql } }: { database: Database }) {
  async function countZone(zone: string, first: string, last: string): Promise<void> {
    for (let day = first; day <= last; day = addDays(day, 1)) {
      await sql.query(COUNT_DAY, [zone, day]);
      if (addDays(day, 1).endsWith('-01')) await sql.query(COUNT_MONTH, [zone, day]);
    }
  }

  return {
    /** Counts what is over in every time zone; a second time changes nothing. */
    async rollUpAcrossTenants(now: Date): Promise<void> {
      const { rows } = await sql.query<{ zone: string; next: string }>(ZONES);
      for (const { zone, next } of rows) {
        const last = addDays(dayIn(new Date(now.getTime() - SETTLED_MS), zone), -1);
        const oldest = addDays(last, -MAX_DAYS_BACK);
        await countZone(zone, next > oldest ? next : oldest, last);
      }
    },
  };
}

export type BotDaysRepo = ReturnType<typeof createBotDaysRepo>;
