/** `free`: of businesses without a plan. */
export type AiDayScope = 'all' | 'free';

const SHARE_OF_FREE = 0.5;
const PARTS = 200;

/** How many of the day's calls a scope has. */
export const shareOf = (limit: number, scope: AiDayScope): number =>
  scope === 'free' ? Math.floor(limit * SHARE_OF_FREE) : limit;

/** A process takes so many calls at once, so that most calls need no statement. What it does not use is lost with the day. */
export const partOf = (most: number): number => Math.max(1, Math.floor(most / PARTS));
