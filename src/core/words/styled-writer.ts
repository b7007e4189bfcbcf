import type { Style, StyledText, StyleKind } from './styled-text.ts';

interface Open {
  mark: string;
  kind: StyleKind;
  piece: number;
}

/** No mark is open twice, so the stack stays short. */
const MARKS: Record<string, StyleKind> = { '#': 'bold', '**': 'bold', __: 'bold', '*': 'italic', _: 'italic', '~~': 'strike' };
/** Of a user name. */
const MOST_PIECES = 20;
const MAY_SPAN_LINES: readonly string[] = ['**', '<bold>'];

/** Collects the visible text. A mark that is not closed stays text. */
export function createStyledWriter() {
  const pieces: string[] = [];
  const spans: { kind: StyleKind; first: number; last: number; url?: string }[] = [];
  let open: Open[] = [];
  let newlines = 2;

  function write(text: string): void {
    if (text === '') return;
    pieces.push(text);
    const own = /\n*$/.exec(text.slice(-2))?.[0].length ?? 0;
    newlines = own === text.length ? Math.min(2, newlines + own) : own;
  }

  const isOpen = (mark: string): boolean => open.some((one) => one.mark === mark);

  return {
    write,
    isOpen,

    /** At most one empty line in a row. */
    newline(): void {
      if (newlines < 2) write('\n');
    },
    lineEnd(): void {
      if (newlines === 0) write('\n');
    },

    /** `shown`: the mark's own characters, which come back when it is never closed. */
    open(mark: string, shown: string, kind = MARKS[mark] as StyleKind): void {
      open.push({ mark, kind, piece: pieces.length });
      pieces.push(shown);
      if (shown !== '') newlines = 0;
    },

    /** Marks opened inside it stay text. */
    close(mark: string): void {
      const at = open.findLastIndex((one) => one.mark === mark);
      const found = open[at];
      if (!found) return;
      open = open.slice(0, at);
      pieces[found.piece] = '';
      spans.push({ kind: found.kind, first: found.piece, last: pieces.length });
    },

    /** The piece that the innermost such mark opened after. */
    openedAt: (mark: string): number | undefined => open.findLast((one) => one.mark === mark)?.piece,
    /** What was written since; empty when it is long. */
    shortlySince: (piece: number): string => (pieces.length - piece > MOST_PIECES ? '' : pieces.slice(piece + 1).join('')),

    endLine(): void {
      if (open.length > 0) open = open.filter(({ mark }) => MAY_SPAN_LINES.includes(mark));
    },
    leaveAll(): void {
      open = [];
    },

    styled(kind: StyleKind, text: string, url?: string): void {
      const first = pieces.length;
      write(text);
      spans.push({ kind, first, last: pieces.length, ...(url !== undefined && { url }) });
    },

    finish(): StyledText {
      const starts = [0];
      let length = 0;
      for (const piece of pieces) {
        length += piece.length;
        starts.push(length);
      }
      // Of styles of the same words the one that was closed last is the outer one.
      const styles = spans.toReversed().map(({ kind, first, last, url }) => ({
        kind,
        start: starts[first] as number,
        end: starts[last] as number,
        ...(url !== undefined && { url }),
      }));
      return { text: pieces.join(''), styles: outermost(styles) };
    },
  };
}

export type StyledWriter = ReturnType<typeof createStyledWriter>;

/** Outer styles first, without empty ones and without bold inside bold. */
function outermost(styles: Style[]): Style[] {
  const ends = new Map<StyleKind, number>();
  return styles
    .filter(({ start, end }) => start < end)
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter(({ kind, end }) => {
      const isNew = end > (ends.get(kind) ?? -1);
      if (isNew) ends.set(kind, end);
      return isNew;
    });
}
