// Finds what the source declares with `statement<…>()` and `report<…>()`, and reads the declared types.
import { dirname, join } from 'node:path';
import { importsOf, type SourceFile, type SyntaxNode, sourceFiles, walk } from './source-tree.ts';

/** `other` fits every column: JSON, or a type this reader does not look into. */
export type Kind = 'number' | 'string' | 'boolean' | 'Date' | 'array' | 'other';

export interface DeclaredStatement {
  /** The module that declares it. */
  path: string;
  /** The .sql file. */
  sqlPath: string;
  params: Map<string, Set<Kind>>;
  row: Map<string, Set<Kind>>;
}

type Fields = Map<string, SyntaxNode>;
interface Scope {
  file: SourceFile;
  all: Map<string, SourceFile>;
}

export function declaredStatements(): DeclaredStatement[] {
  const all = new Map(sourceFiles('src/**/*.ts').map((file) => [file.path, file]));
  return [...all.values()].flatMap((file) =>
    file.text.includes('#platform/db/statement.ts')
      ? [...walk(file.tree)].flatMap((node) => declarationOf(node, { file, all }))
      : [],
  );
}

function declarationOf(node: SyntaxNode, scope: Scope): DeclaredStatement[] {
  if (node.type !== 'CallExpression' || !['statement', 'report', 'sqlReport'].includes(nameOf(node['callee']))) return [];
  const [url, sql] = node['arguments'] as SyntaxNode[];
  const [params, row] = (node['typeArguments'] as { params: SyntaxNode[] } | null)?.params ?? [];
  const { path, text } = scope.file;
  if (!url || !/^(import\.meta\.url|at)$/.test(text.slice(url.start, url.end))) return [];
  const sqlPath = join(dirname(path), (sql as unknown as { value: string }).value);
  return [{ path, sqlPath, params: kindsOf(params, scope), row: kindsOf(row, scope) }];
}

function kindsOf(type: SyntaxNode | undefined, scope: Scope): Map<string, Set<Kind>> {
  const fields = type ? fieldsOf(type, scope) : new Map();
  return new Map([...fields].map(([name, { node, of }]) => [name, kindOf(node, of)]));
}

type Found = Map<string, { node: SyntaxNode; of: Scope }>;

/** The properties of an object type: a literal, an intersection, a utility type, or a named type of this file or an imported one. */
function fieldsOf(type: SyntaxNode, scope: Scope): Found {
  if (type.type === 'TSTypeLiteral') return membersOf(type['members'] as SyntaxNode[], scope);
  if (type.type === 'TSObjectKeyword') return new Map();
  if (type.type === 'TSIntersectionType' || type.type === 'TSUnionType') {
    return new Map((type['types'] as SyntaxNode[]).flatMap((part) => [...fieldsOf(part, scope)]));
  }
  if (type.type === 'TSIndexedAccessType') {
    const { node, of } = fieldAt(type, scope);
    return fieldsOf(node, of);
  }
  if (type.type !== 'TSTypeReference') throw new Error(`${scope.file.path}: cannot read a type of the kind ${type.type}`);
  const name = nameOf(type['typeName']);
  const [of, keys] = (type['typeArguments'] as { params: SyntaxNode[] } | null)?.params ?? [];
  if (name === 'Record') return new Map();
  if (of && ['Required', 'Partial', 'Readonly'].includes(name)) return fieldsOf(of, scope);
  if (of && keys && (name === 'Pick' || name === 'Omit')) {
    const named = literalsOf(keys);
    return new Map([...fieldsOf(of, scope)].filter(([field]) => named.includes(field) === (name === 'Pick')));
  }
  return fieldsOfNamed(name, scope);
}

/** The property that `Type['name']` stands for. */
function fieldAt(type: SyntaxNode, scope: Scope): { node: SyntaxNode; of: Scope } {
  const [name = ''] = literalsOf(type['indexType'] as SyntaxNode);
  const field = fieldsOf(type['objectType'] as SyntaxNode, scope).get(name);
  if (!field) throw new Error(`${scope.file.path}: there is no property ${name}`);
  return field;
}

function fieldsOfNamed(name: string, scope: Scope): Found {
  const { declaration, of } = declared(name, scope) ?? {};
  if (!declaration || !of) throw new Error(`${scope.file.path}: the type ${name} is not declared in our source`);
  if (declaration.type === 'TSTypeAliasDeclaration') return fieldsOf(declaration['typeAnnotation'] as SyntaxNode, of);
  const parents = declaration['extends'] as (SyntaxNode & { expression: SyntaxNode })[];
  const inherited = parents.flatMap(({ expression, typeArguments }) => [
    ...fieldsOf({ ...expression, type: 'TSTypeReference', typeName: expression, typeArguments }, of),
  ]);
  const own = membersOf((declaration['body'] as { body: SyntaxNode[] }).body, of);
  return new Map([...inherited, ...own]);
}

/** The declaration of a type's name, in the file or where the file imports it from. */
function declared(name: string, scope: Scope): { declaration: SyntaxNode; of: Scope } | undefined {
  for (const node of walk(scope.file.tree)) {
    const isType = node.type === 'TSInterfaceDeclaration' || node.type === 'TSTypeAliasDeclaration';
    if (isType && nameOf(node['id']) === name) return { declaration: node, of: scope };
  }
  for (const node of walk(scope.file.tree)) {
    if (node.type !== 'ImportDeclaration') continue;
    const specifier = (node['specifiers'] as SyntaxNode[]).find(({ local }) => nameOf(local) === name);
    const target = importsOf(scope.file).find(
      ({ specifier: from }) => from === (node['source'] as { value?: unknown }).value,
    )?.target;
    const file = specifier && target !== undefined ? scope.all.get(target) : undefined;
    if (specifier && file) return declared(nameOf(specifier['imported']), { ...scope, file });
  }
  return undefined;
}

function membersOf(members: SyntaxNode[], scope: Scope): Found {
  const fields: Fields = new Map(
    members.map((member) => [nameOf(member['key']), (member['typeAnnotation'] as { typeAnnotation: SyntaxNode }).typeAnnotation]),
  );
  return new Map([...fields].map(([name, node]) => [name, { node, of: scope }]));
}

const KEYWORDS: Record<string, Kind[]> = {
  TSNumberKeyword: ['number'],
  TSStringKeyword: ['string'],
  TSBooleanKeyword: ['boolean'],
  TSArrayType: ['array'],
  TSTupleType: ['array'],
  TSTemplateLiteralType: ['string'],
  TSNullKeyword: [],
  TSUndefinedKeyword: [],
};

function kindOf(type: SyntaxNode, scope: Scope): Set<Kind> {
  const simple = KEYWORDS[type.type];
  if (simple) return new Set(simple);
  if (type.type === 'TSUnionType') return new Set((type['types'] as SyntaxNode[]).flatMap((part) => [...kindOf(part, scope)]));
  if (type.type === 'TSLiteralType') return new Set([typeof (type['literal'] as { value?: unknown }).value as Kind]);
  if (type.type === 'TSTypeOperator') return new Set([type['operator'] === 'readonly' ? 'array' : 'string']);
  if (type.type === 'TSIndexedAccessType' && literalsOf(type['indexType'] as SyntaxNode)[0]) {
    const { node, of } = fieldAt(type, scope);
    return kindOf(node, of);
  }
  if (type.type !== 'TSTypeReference') return new Set(['other']);
  const name = nameOf(type['typeName']);
  if (name === 'Date') return new Set(['Date']);
  if (name === 'Array' || name === 'ReadonlyArray') return new Set(['array']);
  const found = declared(name, scope);
  if (found?.declaration.type !== 'TSTypeAliasDeclaration') return new Set(['other']);
  return kindOf(found.declaration['typeAnnotation'] as SyntaxNode, found.of);
}

const nameOf = (node: unknown): string => {
  const { name, value } = (node ?? {}) as { name?: string; value?: string };
  return name ?? value ?? '';
};

const literalsOf = (type: SyntaxNode): string[] =>
  type.type === 'TSUnionType' ? (type['types'] as SyntaxNode[]).flatMap(literalsOf) : [nameOf(type['literal'])];
