import type { Database } from '#platform/db/database.ts';

interface Jobs {
  database: Pick<Database, 'now'>;
  housekeeping: (now: Date) => Promise<unknown>;
  /** One after the other, in this order. */
  hourly: { jobs: { hourly: (now: Date) => Promise<unknown> } }[];
  everyMinute: { jobs: { everyMinute: (now: Date) => Promise<unknown> } }[];
  quality: (now: Date) => Promise<void>;
  /** What the AI does when nobody waits for it, one after the other. */
  enrich: ((now?: Date) => Promise<void>)[];
}

/** Scheduled jobs of all tenants, by the database's clock. Tests give another time. */
export function createSchedule({ database, housekeeping, hourly, everyMinute, quality, enrich }: Jobs) {
  return {
    async hourly(given?: Date): Promise<void> {
      const now = given ?? (await database.now());
      await housekeeping(now);
      for (const { jobs } of hourly) await jobs.hourly(now);
    },
    async everyMinute(given?: Date): Promise<void> {
      const now = given ?? (await database.now());
      for (const { jobs } of everyMinute) await jobs.everyMinute(now);
    },
    quality: async (given?: Date): Promise<void> => quality(given ?? (await database.now())),
    async enrich(given?: Date): Promise<void> {
      for (const run of enrich) await run(given);
    },
  };
}
