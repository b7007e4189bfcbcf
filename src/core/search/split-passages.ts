// Longer than most paragraphs people write, short enough that one topic fills it.
export const PASSAGE_CHARS = 1_500;

/**
 * A text in passages of at most `maxChars`, cut where a writer would: between paragraphs, else lines, else sentences, else
 * words. Short neighbours share a passage. Together they hold every word of the text.
 */
export function splitPassages(text: string, maxChars = PASSAGE_CHARS): string[] {
  if (text.length <= maxChars) return [text];
  return pack(splitPieces(text, maxChars), maxChars);
}

/** Paragraphs, with those too long cut into lines, sentences or words. */
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
