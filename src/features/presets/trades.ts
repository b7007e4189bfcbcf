/** The trades a new bot can begin with; each has its texts in trades/<trade>.<language>.md. */
export const TRADES = [
  'bakery',
  'delivery',
  'beauty',
  'clinic',
  'courses',
  'clothes',
  'phones',
  'car',
  'travel',
  'flowers',
] as const;
export type Trade = (typeof TRADES)[number];

const DELIVERING: readonly Trade[] = ['bakery', 'delivery', 'clothes', 'phones', 'flowers'];

/** Whether customers of this trade ask for delivery. */
export const delivers = (trade: Trade): boolean => DELIVERING.includes(trade);
