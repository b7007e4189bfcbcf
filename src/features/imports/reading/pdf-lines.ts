// From the pieces of a PDF's page, each with its place, to lines in the order they are read.

export interface Piece {
  str: string;
  x: number;
  y: number;
  width: number;
  fontSize: number;
}
interface LineOfPieces {
  y: number;
  size: number;
  pieces: Piece[];
}

/** A gap of this many letters' heights separates columns or cells. */
const CELL_GAP = 1.6;
const LEAST_LINES_OF_COLUMN = 4;
/** A line that ends nearer to the edge than this share of the column was broken by it. */
const FULL_SHARE = 0.3;
const PRICE = /^[\s.…·_-]*(?:от\s|dan\s)?\d[\d\s.,'’/-]*(?:\p{L}{0,5}[ʻʼ'’‘`]?\p{L}{0,4}\.?|%|\$)?$/u;

export function layOut(pieces: readonly Piece[]): string {
  const written = pieces.filter(({ str }) => str.trim() !== '');
  const gutters = guttersOf(linesOf(written));
  const columns = Array.from({ length: gutters.length + 1 }, (): Piece[] => []);
  for (const piece of written) columns[gutters.filter((gutter) => piece.x >= gutter).length]?.push(piece);
  return columns
    .map((column) => textOf(linesOf(column)))
    .filter(Boolean)
    .join('\n\n');
}

function linesOf(pieces: readonly Piece[]): LineOfPieces[] {
  const lines: LineOfPieces[] = [];
  for (const piece of pieces.toSorted((a, b) => b.y - a.y || a.x - b.x)) {
    const last = lines.at(-1);
    if (last && Math.abs(last.y - piece.y) < Math.max(2, piece.fontSize * 0.4)) last.pieces.push(piece);
    else lines.push({ y: piece.y, size: piece.fontSize, pieces: [piece] });
  }
  for (const line of lines) line.pieces.sort((a, b) => a.x - b.x);
  return lines;
}

/** Where columns of text begin: no piece crosses the gap before it, and what follows are words rather than prices. */
function guttersOf(lines: readonly LineOfPieces[]): number[] {
  const starts = new Map<number, { lines: number; prices: number }>();
  for (const { pieces } of lines) {
    for (const cell of cellsOf(pieces).slice(1)) {
      const at = Math.round(cell.x / 6) * 6;
      const known = starts.get(at) ?? { lines: 0, prices: 0 };
      starts.set(at, { lines: known.lines + 1, prices: known.prices + (PRICE.test(cell.text) ? 1 : 0) });
    }
  }
  const found: number[] = [];
  for (const [at, { lines: count, prices }] of [...starts].toSorted(([a], [b]) => a - b)) {
    const gutter = at - 6;
    const crossed = lines
      .flatMap(({ pieces }) => pieces)
      .filter((piece) => piece.x < gutter && piece.x + piece.width > gutter + 6);
    const isColumn = count >= LEAST_LINES_OF_COLUMN && prices < count / 2 && crossed.length <= lines.length * 0.1;
    if (isColumn && gutter - (found.at(-1) ?? Number.NEGATIVE_INFINITY) > 60) found.push(gutter);
  }
  return found;
}

interface Cell {
  x: number;
  text: string;
}

/** The pieces of a line, joined where no gap is between them. */
function cellsOf(pieces: readonly Piece[]): Cell[] {
  const cells: (Cell & { end: number })[] = [];
  for (const piece of pieces) {
    const last = cells.at(-1);
    const gap = last ? piece.x - last.end : Number.POSITIVE_INFINITY;
    if (!last || gap > piece.fontSize * CELL_GAP) cells.push({ x: piece.x, text: piece.str, end: piece.x + piece.width });
    else {
      const space = gap > piece.fontSize * 0.15 && !/\s$/u.test(last.text) && !/^\s/u.test(piece.str) ? ' ' : '';
      last.text += space + piece.str;
      last.end = piece.x + piece.width;
    }
  }
  return cells;
}

/** A larger gap between lines is a blank one, larger letters are a heading, and lines that fill their column go on in the next. */
function textOf(lines: readonly LineOfPieces[]): string {
  const gaps = lines.slice(1).map(({ y }, at) => (lines[at] as LineOfPieces).y - y);
  const usual = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length * 0.4)] ?? 0;
  const body = lines.map(({ size }) => size).toSorted((a, b) => a - b)[Math.floor(lines.length / 2)] ?? 0;
  const ends = lines.map(({ pieces }) => Math.max(...pieces.map(({ x, width }) => x + width)));
  const starts = lines.map(({ pieces }) => pieces[0]?.x ?? 0);
  const full = Math.max(...ends) - (Math.max(...ends) - Math.min(...starts)) * FULL_SHARE;
  let text = '';
  lines.forEach(({ pieces, size }, at) => {
    const line = lineText(cellsOf(pieces).map((cell) => cell.text.trim()));
    const apart = at > 0 && (gaps[at - 1] ?? 0) > usual * 1.4;
    const before = text.slice(text.lastIndexOf('\n') + 1);
    const goesOn = at > 0 && !apart && (ends[at - 1] ?? 0) >= full && isOpen(before, line);
    if (size > body * 1.15 && line.length <= 80 && !PRICE.test(line)) text += `\n\n# ${line}`;
    else text += goesOn ? ` ${line}` : `${apart ? '\n' : ''}\n${line}`;
  });
  return text.trim();
}

/** A line that is neither a row with its price nor the end of a sentence. */
const isOpen = (line: string, next: string): boolean =>
  !/[.!?:;\d]$/u.test(line) &&
  !line.startsWith('#') &&
  line.split(' ').length >= 3 &&
  /^[\p{Ll}\d(«“"]/u.test(next) &&
  !PRICE.test(next);

const lineText = (cells: string[]): string =>
  cells.reduce((line, cell) => {
    if (line === '') return cell;
    return `${line}${PRICE.test(cell) && !/[.…—–-]\s*$/u.test(line) ? ' — ' : ' '}${cell}`;
  }, '');
