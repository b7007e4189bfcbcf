/** Part of a regular expression. */
export const MULTIPLIER =
  'ming|минг|тыс|thousand|k(?![\\p{L}])|к(?![\\p{L}])|mln|млн|mil+ion|миллион|mlrd|млрд|mil+iard|миллиард';

/** `1.500` is 1500 or 1.5; `12 000,50` has one value. */
export function valuesOf(digits: string): number[] {
  const joined = toNumber(digits);
  return /^\d{1,3}[.,]\d{3}$/.test(digits) ? [joined, Number(digits.replace(',', '.'))] : [joined];
}

export function toNumber(digits: string): number {
  const grouped = /^(\d{1,3}(?:[ .,]\d{3})+)([.,]\d{1,2})?$/.exec(digits);
  if (!grouped) return Number(digits.replace(',', '.'));
  return Number(`${(grouped[1] as string).replace(/[ .,]/g, '')}${(grouped[2] ?? '').replace(',', '.')}`);
}

/** Rounded: 524.3 million is not 524 299 999.99. */
export const times = (value: number, multiplier: string): number => Math.round(value * timesOf(multiplier) * 100) / 100;

function timesOf(multiplier: string): number {
  if (/^(?:mlrd|млрд|mil+iard|миллиард)/.test(multiplier)) return 1_000_000_000;
  return /^(?:mln|млн|mil+ion|миллион)/.test(multiplier) ? 1_000_000 : 1_000;
}
