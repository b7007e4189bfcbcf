import { foldText } from './fold-text.ts';

export const listTitles = (titles: readonly string[]): string =>
  titles.map((title, at) => `${at + 1}. ${oneLine(title)}`).join('\n');

const LISTED = /^(\d)\. (.+)$/gm;
const NUMBER = /^\D{0,2}(\d)\D{0,4}$/u;

/** By its number or its words; null when the reply means none. */
export function pickedTitle(list: string, reply: string): string | null {
  const titles = new Map(Array.from(list.matchAll(LISTED), ([, number = '', title = '']) => [number, title]));
  const number = NUMBER.exec(reply.normalize('NFKC').trim())?.[1];
  if (number !== undefined) return titles.get(number) ?? null;
  const words = foldText(reply).trim();
  return [...titles.values()].find((title) => foldText(title).trim() === words) ?? null;
}

export const oneLine = (title: string): string => title.replace(/\s+/g, ' ').trim();
