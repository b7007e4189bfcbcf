// npm run map [-- FOLDER]: sizes, cycles, comment share and files per path of the source tree in FOLDER (default: this one).
import { join, resolve } from 'node:path';
import {
  BUDGET,
  commentShare,
  cyclesOf,
  functionsOf,
  type Graph,
  importGraph,
  longLines,
  quantile,
  reachableFrom,
} from '../tests/support/source-measures.ts';
import { filesOf, lineCount, type SourceFile, sourceFiles, textOf } from '../tests/support/source-tree.ts';
import { type MappedPath, PATHS } from './map-paths.ts';

const root = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const files = sourceFiles('src/**/*.ts', root);
const graph = importGraph(files);

printSizes();
printFunctions();
printCycles();
for (const path of PATHS) printPath(path);

function printSizes(): void {
  const statements = countLines('src/**/*.sql');
  const lines = files.map((file) => file.lines);
  row('src', `${files.length} files, ${sum(lines)} lines of .ts; ${statements.files} files, ${statements.lines} lines of .sql`);
  const tests = countLines('tests/**/*.ts');
  row('tests', `${tests.files} files, ${tests.lines} lines`);
  row('src file lines', spread(lines), 'aim 70 / 180 / 250');
  row('comment lines in src', `${(commentShare(files) * 100).toFixed(1)} %`, 'aim 7 %');
  const kinds = ['src/**/*.ts', 'src/**/*.sql', 'views/**/*.njk', 'public/css/**/*.css', '*.md', 'docs/**/*.md'];
  const long = kinds.map((kind) => [kind, longLines(kind, root).length] as const);
  row(`lines over ${BUDGET.lineChars} characters`, long.map(([kind, count]) => `${kind.split('.').at(-1)} ${count}`).join(', '));
}

function printFunctions(): void {
  const functions = files.flatMap(functionsOf);
  row('function own lines', spread(functions.map(({ ownLines }) => ownLines)), 'aim 10 / 30 / 60');
  const large = functions.filter(({ wholeLines }) => wholeLines > BUDGET.factoryLines);
  row(`factories over ${BUDGET.factoryLines} lines`, String(large.length), 'aim 0');
  for (const { at, wholeLines } of large) console.log(`    ${at}: ${wholeLines}`);
}

function printCycles(): void {
  const cycles = cyclesOf(graph);
  row('import cycles, with types', String(cycles.length), 'aim 0');
  for (const cycle of cycles) console.log(`    ${cycle.join(' ↔ ')}`);
}

function printPath({ name, aim, ...path }: MappedPath): void {
  const reached = filesOfPath(graph, files, path);
  const folders = new Set(reached.map((file) => file.replace(/\/[^/]+$/, '')));
  const statements = reached.filter((file) => file.endsWith('.sql')).length;
  const sql = statements > 0 ? ` and ${statements} .sql` : '';
  row(`path: ${name}`, `${reached.length - statements} .ts${sql} in ${folders.size} folders`, `aim ${aim}`);
  if (process.argv.includes('--files')) for (const file of reached) console.log(`    ${file}`);
}

function filesOfPath(
  imports: Graph,
  all: SourceFile[],
  { entries, within, without }: Omit<MappedPath, 'name' | 'aim'>,
): string[] {
  const starts = all.map(({ path }) => path).filter((path) => entries.test(path));
  return [...reachableFrom(starts, imports, (path) => within.test(path) && !without?.test(path))].sort();
}

function countLines(pattern: string): { files: number; lines: number } {
  const paths = filesOf(pattern, root);
  return { files: paths.length, lines: sum(paths.map((path) => lineCount(textOf(path, root)))) };
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function spread(values: number[]): string {
  return `median ${quantile(values, 0.5)}, p90 ${quantile(values, 0.9)}, max ${Math.max(...values)}`;
}

function row(label: string, value: string, aim = ''): void {
  console.log(`${label.padEnd(30)} ${value}${aim && `  (${aim})`}`);
}
