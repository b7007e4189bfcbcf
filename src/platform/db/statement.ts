// SQL statements live in .sql files in the folder that owns the table. This file is the only way to run one.
import { readFileSync } from 'node:fs';
import type { QueryConfig } from 'pg';
import type { Sql } from './database.ts';

export interface Statement<Params extends object, Row extends object> {
  (sql: Sql, params: Params): Promise<Row[]>;
  /** The file's name without `.sql`, and the name of the prepared statement. */
  readonly statementName: string;
  /** The SQL with `$n` in place of `:name`. */
  readonly text: string;
  readonly parameters: readonly string[];
  bind(params: Params): QueryConfig;
}

/** A statement of the message path, planned once per connection (PLAN_ONCE). `:name` in the file is a property of Params. */
export const statement = <Params extends object, Row extends object = Record<never, never>>(
  moduleUrl: string,
  file: string,
): Statement<Params, Row> => declare(moduleUrl, file, true);

/** A statement of a page or report, planned for its values on every call. */
export const report = <Params extends object, Row extends object = Record<never, never>>(
  moduleUrl: string,
  file: string,
): Statement<Params, Row> => declare(moduleUrl, file, false);

function declare<Params extends object, Row extends object>(
  moduleUrl: string,
  file: string,
  prepared: boolean,
): Statement<Params, Row> {
  const statementName = (file.split('/').at(-1) as string).replace(/\.sql$/, '');
  const { text, parameters } = withNumberedParameters(readFileSync(new URL(file, moduleUrl), 'utf8'));
  const valuesOf = (params: Params) => parameters.map((name) => (params as Record<string, unknown>)[name]);
  const bind = (params: Params): QueryConfig => ({
    ...(prepared && { name: statementName }),
    text,
    values: valuesOf(params),
  });
  const run = async (sql: Sql, params: Params): Promise<Row[]> => {
    const { rows } = await (prepared ? sql.query(bind(params)) : sql.query(text, valuesOf(params)));
    return rows.map(camelCaseKeys) as Row[];
  };
  return Object.assign(run, { statementName, text, parameters, bind });
}

// Comments, strings, quoted names and casts are skipped; the remaining `:name` is a parameter.
const TOKENS = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"[^"]*"|::|:([a-z][A-Za-z0-9]*)/g;

function withNumberedParameters(source: string): { text: string; parameters: string[] } {
  const parameters: string[] = [];
  const text = source.replace(TOKENS, (token, name?: string) => {
    if (name === undefined) return token.startsWith('--') || token.startsWith('/*') ? '' : token;
    if (!parameters.includes(name)) parameters.push(name);
    return `$${parameters.indexOf(name) + 1}`;
  });
  return { text: text.trim().replace(/;$/, ''), parameters };
}

const camelNames = new Map<string, string>();

/** `needs_person_at` → `needsPersonAt`. */
function camelCase(column: string): string {
  let name = camelNames.get(column);
  if (name === undefined) {
    name = column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
    camelNames.set(column, name);
  }
  return name;
}

function camelCaseKeys(row: Record<string, unknown>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const column in row) result[camelCase(column)] = row[column];
  return result;
}
