// Reads a tree of source for the tests of its shape and for `npm run map`.
import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';

export const ROOT = join(import.meta.dirname, '../..');

export interface SyntaxNode {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

export interface SourceFile {
  /** Relative to the project's root, e.g. src/core/plans.ts */
  path: string;
  text: string;
  lines: number;
  tree: SyntaxNode;
}

export interface Import {
  from: string;
  /** What the import says, e.g. '#core/plans.ts' or 'express'. */
  specifier: string;
  /** A path relative to the root for our own files, else the package's name (or node:…). */
  target: string;
  own: boolean;
  typeOnly: boolean;
}

/** Files under `root` by glob, without Prisma's generated client; sorted. */
export function filesOf(pattern: string | string[], root = ROOT): string[] {
  return globSync(pattern, { cwd: root })
    .filter((path) => !path.includes('db/generated/'))
    .sort();
}

export const textOf = (path: string, root = ROOT): string => readFileSync(join(root, path), 'utf8');

export const lineCount = (text: string): number => text.trimEnd().split('\n').length;

export function sourceFiles(pattern: string | string[] = 'src/**/*.ts', root = ROOT): SourceFile[] {
  return filesOf(pattern, root).map((path) => {
    const text = textOf(path, root);
    const lang = path.endsWith('.ts') ? 'ts' : 'js';
    return { path, text, lines: lineCount(text), tree: parseAst(text, { lang }) as unknown as SyntaxNode };
  });
}

/** Every node under `node`, itself first. */
export function* walk(node: SyntaxNode): Generator<SyntaxNode> {
  yield node;
  for (const child of childrenOf(node)) yield* walk(child);
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  return Object.values(node).flat().filter(isNode);
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as SyntaxNode).type === 'string';
}

const MODULE_SYNTAX = ['ImportDeclaration', 'ExportNamedDeclaration', 'ExportAllDeclaration', 'ImportExpression'];

/** Everything the file imports or re-exports, dynamic imports included. */
export function importsOf(file: SourceFile): Import[] {
  const found: Import[] = [];
  for (const node of walk(file.tree)) {
    if (!MODULE_SYNTAX.includes(node.type)) continue;
    const specifier = (node['source'] as { value?: unknown } | null)?.value;
    if (typeof specifier !== 'string') continue;
    const typeOnly = node['importKind'] === 'type' || node['exportKind'] === 'type';
    found.push({ from: file.path, specifier, typeOnly, ...targetOf(file.path, specifier) });
  }
  return found;
}

function targetOf(from: string, specifier: string): { target: string; own: boolean } {
  if (specifier.startsWith('.')) return { target: join(dirname(from), specifier), own: true };
  if (specifier === '#env') return { target: 'src/env.ts', own: true };
  if (specifier.startsWith('#')) return { target: `src/${specifier.slice(1)}`, own: true };
  const parts = specifier.split('/');
  return { target: specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] as string), own: false };
}
