import { expect, test } from 'vitest';
import { localeFiles, sentencesOf } from '../support/locale-files.ts';
import { filesOf, type SyntaxNode, sourceFiles, textOf, walk } from '../support/source-tree.ts';

const keys = [...sentencesOf('en').keys()];
const known = new Set([...keys, ...keys.map((key) => key.replace(/_(one|few|many|other)$/, ''))]);
const features = new Set(localeFiles.map((file) => file.feature));

/** A string of the shape `<feature>.<part>.<thing>`, where the feature has a locale file: it can only be a key. */
const looksLikeKey = (text: string): boolean => /^[a-z_]+(\.\w+){2,}$/.test(text) && features.has(text.split('.')[0] as string);

const literalsInCode = sourceFiles().flatMap((file) =>
  [...walk(file.tree)].flatMap((node) =>
    node.type === 'Literal' && typeof node['value'] === 'string' ? [{ path: file.path, key: node['value'] }] : [],
  ),
);
const callsInCode = sourceFiles().flatMap((file) =>
  [...walk(file.tree)].flatMap((node) => firstArgument(node).map((key) => ({ path: file.path, key }))),
);
const views = filesOf('views/**/*.njk').map((path) => ({ path, text: textOf(path) }));
const callsInViews = views.flatMap(({ path, text }) =>
  [...text.matchAll(/\bt\(\s*(["'])([^"']+)\1\s*[,)]/g)].map(([, , key]) => ({ path, key: key as string })),
);
const literalsInViews = views.flatMap(({ path, text }) =>
  [...text.matchAll(/(["'])([\w.]+)\1/g)].map(([, , key]) => ({ path, key: key as string })),
);
const built = [
  ...sourceFiles().flatMap((file) =>
    [...walk(file.tree)].flatMap((node) => templatePattern(node).map((pattern) => ({ path: file.path, pattern }))),
  ),
  ...views.flatMap(({ path, text }) =>
    [...text.matchAll(/["']([a-z_]+\.[\w.]*\.)["']\s*[+~]/g)].map(([, prefix]) => ({ path, pattern: `${prefix as string}*` })),
  ),
];

test('every used key exists', () => {
  const asked = [
    ...callsInCode,
    ...callsInViews,
    ...[...literalsInCode, ...literalsInViews].filter(({ key }) => looksLikeKey(key)),
  ];
  const missing = asked.filter(({ key }) => !known.has(key)).map(({ path, key }) => `${path}: ${key}`);
  expect([...new Set(missing)]).toEqual([]);
});

test('every key built from parts matches an existing key', () => {
  const impossible = built.filter(({ pattern }) => ![...known].some((key) => matcher(pattern).test(key)));
  expect(impossible.map(({ path, pattern }) => `${path}: ${pattern}`)).toEqual([]);
});

/** `t('a.b.c')` and `i18n.t('a.b.c')` → ['a.b.c'] */
function firstArgument(node: SyntaxNode): string[] {
  if (node.type !== 'CallExpression') return [];
  const callee = node['callee'] as SyntaxNode & { name?: string; property?: { name?: string } };
  const [first] = node['arguments'] as (SyntaxNode & { value?: unknown })[];
  const isTranslate = callee.name === 't' || callee.property?.name === 't';
  return isTranslate && first?.type === 'Literal' && typeof first.value === 'string' ? [first.value] : [];
}

/** `plans.${name}.title` → ['plans.*.title'], when `plans` has a locale file. */
function templatePattern(node: SyntaxNode): string[] {
  if (node.type !== 'TemplateLiteral') return [];
  const quasis = (node['quasis'] as { value: { cooked: string } }[]).map((quasi) => quasi.value.cooked);
  const pattern = quasis.join('*');
  return quasis.length > 1 && /^[a-z_]+\.[\w.*]+$/.test(pattern) && features.has(pattern.split('.')[0] as string)
    ? [pattern]
    : [];
}

const matcher = (pattern: string): RegExp => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[\\w.]+')}$`);
