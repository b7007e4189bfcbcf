import type { ChannelKind } from '#core/message.ts';
import type { WebhookRefusal } from '#core/reasons.ts';
import type { Database } from '#platform/db/database.ts';

export interface RefusalCount {
  platform: ChannelKind;
  reason: WebhookRefusal;
  count: number;
}

// On the database's clock, which all processes share; in one order, so that two of them never wait for each other in a ring.
const ADD = `INSERT INTO webhook_refusals AS r (slot, platform, reason, count, last_at)
  SELECT date_bin('10 minutes', now(), 'epoch'), x.platform::"Platform", x.reason, x.count, now()
  FROM unnest($1::text[], $2::text[], $3::int[]) AS x(platform, reason, count) ORDER BY x.platform, x.reason
  ON CONFLICT (slot, platform, reason) DO UPDATE
  SET count = r.count + excluded.count, last_at = greatest(r.last_at, excluded.last_at)`;

/** How many deliveries were refused: of the installation, since what is refused belongs to no tenant. */
export function createRefusalsRepo({ database: { sql } }: { database: Database }) {
  return {
    async addAcrossTenants(counts: RefusalCount[]): Promise<void> {
      const columns = [
        counts.map(({ platform }) => platform),
        counts.map(({ reason }) => reason),
        counts.map(({ count }) => count),
      ];
      await sql.query(ADD, columns);
    },
  };
}
