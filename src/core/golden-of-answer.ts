import { claimsIn } from './claims-in-text.ts';

/** In a longer text, not each of its numbers belongs to every answer. */
const MAX_CHARS = 400;
const MOST = 3;

/** What an answer made from this text must hold: its first sums, telephones and times. */
export function mustContainOf(content: string): string[] {
  if (content.length > MAX_CHARS) return [];
  const told = claimsIn(content).claims.filter(({ kind }) => kind !== 'link' && kind !== 'date');
  return [...new Set(told.map(({ text }) => text.trim()))].slice(0, MOST);
}
