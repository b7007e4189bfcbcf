/** The size of a test: the short form for the gate, the long one for `npm run test:soak`. */
export const soak = (short: number, long: number): number => (process.env['SOAK'] ? long : short);
