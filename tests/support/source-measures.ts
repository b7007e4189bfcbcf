// Measures of a source tree, shared by the architecture tests and `npm run map`.
import { childrenOf, filesOf, importsOf, type SourceFile, type SyntaxNode, textOf, walk } from './source-tree.ts';

export const BUDGET = { fileLines: 250, functionLines: 60, factoryLines: 120, viewLines: 120, lineChars: 130 };

/** The value below which `share` of the values lie. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] ?? 0;
}

export interface MeasuredFunction {
  /** file:line */
  at: string;
  /** Without the functions inside it. */
  ownLines: number;
  wholeLines: number;
}

export function functionsOf(file: SourceFile): MeasuredFunction[] {
  const linesOf = (node: SyntaxNode): number => file.text.slice(node.start, node.end).split('\n').length;
  return [...walk(file.tree)].filter(isFunction).map((node) => {
    const nested = childrenOf(node).flatMap(outermostFunctions);
    const wholeLines = linesOf(node);
    return {
      at: `${file.path}:${file.text.slice(0, node.start).split('\n').length}`,
      wholeLines,
      ownLines: wholeLines - nested.reduce((sum, inner) => sum + linesOf(inner) - 1, 0),
    };
  });
}

const isFunction = (node: SyntaxNode): boolean =>
  /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);

function outermostFunctions(node: SyntaxNode): SyntaxNode[] {
  return isFunction(node) ? [node] : childrenOf(node).flatMap(outermostFunctions);
}

/** Lines over the limit as file:line, of the files that match. */
export function longLines(pattern: string | string[], root?: string): string[] {
  return filesOf(pattern, root).flatMap((path) =>
    textOf(path, root)
      .split('\n')
      .flatMap((line, i) => (line.length > BUDGET.lineChars ? [`${path}:${i + 1}`] : [])),
  );
}

/** The share of lines that hold nothing but a comment, among the lines that are not empty. */
export function commentShare(files: Pick<SourceFile, 'text'>[]): number {
  const lines = files.flatMap(({ text }) => text.split('\n').filter((line) => line.trim() !== ''));
  return lines.filter(isComment).length / lines.length;
}

const isComment = (line: string): boolean => /^\s*(\/\/|\/\*|\*\/|\* |\*$|-- )/.test(line);

export type Graph = Map<string, string[]>;

/** Which of our files each file imports, type imports included, and the .sql files it names. */
export function importGraph(files: SourceFile[]): Graph {
  return new Map(files.map((file) => [file.path, [...ownImports(file), ...statementsOf(file)]]));
}

const ownImports = (file: SourceFile): string[] =>
  importsOf(file)
    .filter(({ own }) => own)
    .map(({ target }) => target);

const statementsOf = ({ path, text }: SourceFile): string[] =>
  [...text.matchAll(/import\.meta\.url,\s*'(?:\.\/)?([^']+\.sql)'/g)].map(([, name]) => path.replace(/[^/]+$/, name as string));

/** Each group of files that reach each other, as one list. */
export function cyclesOf(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((path) => [path, reachableFrom(graph.get(path) ?? [], graph)]));
  const inCycle = [...graph.keys()].filter((path) => reached.get(path)?.has(path));
  const groups = new Map<string, string[]>();
  for (const path of inCycle) {
    const group = inCycle.filter((other) => reached.get(path)?.has(other) && reached.get(other)?.has(path));
    groups.set(group.join(), group);
  }
  return [...groups.values()];
}

/** The starts and all that they import, directly or not, as far as `enters` allows. */
export function reachableFrom(starts: string[], graph: Graph, enters: (path: string) => boolean = () => true): Set<string> {
  const seen = new Set(starts.filter(enters));
  for (const path of seen) for (const next of graph.get(path) ?? []) if (enters(next)) seen.add(next);
  return seen;
}
