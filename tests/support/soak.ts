/** The size of a test: the short form for the gate, the long one for `npm run test:soak`. */
export const soak = (short: number, long: number): number => (process.env['SOAK'] ? long : short);

/** Rounds of a race. The embedded database has one connection, so it shows in one round what Postgres must show in many. */
export const rounds = (many: number): number => (process.env.TEST_DATABASE_URL ? many : soak(2, many));

/**
 * The limit for what is promised within `promisedMs`. The long form, which has the machine to itself, holds it to that. The gate's
 * machine may be busy, so there it may take five times as long.
 */
export const within = (promisedMs: number): number => soak(5 * promisedMs, promisedMs);
