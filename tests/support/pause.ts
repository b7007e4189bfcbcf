/**
 * Lets time go by: the pace of a load, or how long a fault lasts. Proves nothing: what must come true is waited for by `until`
 * or `waitFor`.
 */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
