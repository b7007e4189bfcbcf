import { claimsIn } from './claims-in-text.ts';

/** In a longer text, not each of its numbers belongs to every answer. */
const MAX_CHARS = 400;
const MOST = 3;

/** What an answer made from this text must hold: its first sums, telephones and times. */
export const mustContainOf = (content: string): string[] => numbersOf(content).slice(0, MOST);

/** The same, where the text tells so few of them that every answer made from it tells all. */
export function certainlyContained(content: string): string[] {
  const numbers = numbersOf(content);
  return numbers.length <= MOST ? numbers : [];
}

function numbersOf(content: string): string[] {
  if (content.length > MAX_CHARS) return [];
  const told = claimsIn(content).claims.filter(({ kind }) => kind !== 'link' && kind !== 'date');
  return [...new Set(told.map(({ text }) => text.trim()))];
}
