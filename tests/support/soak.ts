/** The size of a test: the short form for the gate, the long one for `npm run test:soak`. */
export const soak = (short: number, long: number): number => (process.env['SOAK'] ? long : short);

/**
 * The limit for what is promised within `promisedMs`. The long form, which has the machine to itself, holds it to that. The gate's
 * machine may be busy, so there it may take five times as long.
 */
export const within = (promisedMs: number): number => soak(5 * promisedMs, promisedMs);
