import { coverage } from './coverage.ts';
import { splitPieces } from './split-passages.ts';
import { informativeWords } from './stop-words.ts';
import { tokenize } from './tokenize.ts';

/** A shorter line is a heading or a question and needs the lines after it. */
const HEADING_CHARS = 80;

/** At most `maxChars`: whole paragraphs where they fit, else sentences. Used without AI. */
export function bestPassage(entry: { content: string }, query: string, maxChars: number): string {
  const content = entry.content.trim();
  if (content.length <= maxChars) return content;

  const pieces = splitPieces(content, maxChars);
  const words = pieces.map((piece) => new Set(tokenize(piece)));
  const asked = informativeWords(tokenize(query)).map((word) => ({ word, rarity: rarityAmong(words, word) }));
  const start = bestStart(words, asked);
  return extend(pieces, start, maxChars);
}

/** A word in every paragraph does not tell them apart. */
function rarityAmong(pieces: readonly Set<string>[], word: string): number {
  const holding = pieces.filter((piece) => coverage([{ word, rarity: 1 }], piece) > 0).length;
  return Math.log(1 + pieces.length / (holding + 0.5));
}

function bestStart(pieces: readonly Set<string>[], asked: readonly { word: string; rarity: number }[]): number {
  let best = { at: 0, value: 0 };
  pieces.forEach((piece, at) => {
    const value = coverage(asked, piece);
    if (value > best.value) best = { at, value };
  });
  return best.at;
}

/** Adds the heading above, or what follows a heading. */
function extend(pieces: readonly string[], start: number, maxChars: number): string {
  const isHeading = (piece: string | undefined): piece is string =>
    piece !== undefined && piece.length <= HEADING_CHARS && !/[.!…。]$/.test(piece);
  let passage = pieces[start] ?? '';
  const above = pieces[start - 1];
  if (isHeading(above) && above.length + 1 + passage.length <= maxChars) passage = `${above}\n${passage}`;
  for (let next = start + 1; isHeading(pieces[next - 1]); next++) {
    const piece = pieces[next];
    if (piece === undefined || passage.length + 1 + piece.length > maxChars) break;
    passage = `${passage}\n${piece}`;
  }
  return passage;
}
