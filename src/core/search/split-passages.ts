import { faqPairs } from './faq-pairs.ts';

// Longer than most paragraphs, short enough for one topic.
export const PASSAGE_CHARS = 1_500;

/** Cuts between paragraphs, else lines, sentences or words. A question stays with its answer. No word is lost. */
export function splitPassages(text: string, maxChars = PASSAGE_CHARS): string[] {
  const pairs = faqPairs(text);
  if (pairs) return pairs.flatMap((pair) => (pair.length <= maxChars ? [pair] : pack(splitPieces(pair, maxChars), maxChars)));
  if (text.length <= maxChars) return [text];
  return pack(splitPieces(text, maxChars), maxChars);
}

export function splitPieces(text: string, maxChars: number): string[] {
  return cut(text, maxChars, [/(?<=\n)\s*\n/, /(?<=\n)/, /(?<=[.!?…。！？])\s+|(?<=[。！？])/u, /(?<=\s)/])
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
}

function cut(text: string, maxChars: number, separators: RegExp[]): string[] {
  const [separator, ...finer] = separators;
  if (!separator) return text.length <= maxChars ? [text] : hardCut(text, maxChars);
  const pieces = text.split(separator);
  return pieces.flatMap((piece) => (piece.length <= maxChars ? [piece] : pack(cut(piece, maxChars, finer), maxChars)));
}

function hardCut(text: string, maxChars: number): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const character of text) {
    if (piece.length + character.length > maxChars) {
      pieces.push(piece);
      piece = '';
    }
    piece += character;
  }
  return piece === '' ? pieces : [...pieces, piece];
}

function pack(pieces: string[], maxChars: number): string[] {
  const packed: string[] = [];
  for (const piece of pieces) {
    const last = packed.at(-1);
    if (last !== undefined && last.length + 1 + piece.length <= maxChars) packed[packed.length - 1] = `${last}\n${piece}`;
    else packed.push(piece);
  }
  return packed;
}
