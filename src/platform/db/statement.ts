// SQL statements live in .sql files beside the folder that owns the table. This file is the only way to run one.
import { readFileSync } from 'node:fs';
import type { QueryConfig } from 'pg';
import type { Sql } from './database.ts';

/** A statement of a .sql file. Call it with the pool or a transaction's client; it resolves to the rows. */
export interface Statement<Params extends object, Row extends object> {
  (sql: Sql, params: Params): Promise<Row[]>;
  /** The file's name without `.sql`; a prepared statement has it on the server, too. */
  readonly statementName: string;
  /** The SQL with `$n` in place of `:name`. */
  readonly text: string;
  /** The parameters' names in the order of `$1`, `$2`, … */
  readonly parameters: readonly string[];
  /** The query as `pg` takes it, for callers that run it themselves. */
  bind(params: Params): QueryConfig;
}

/**
 * A statement of the message path. It is prepared once per connection, and planned for rows found by index (PLAN_ONCE).
 * `file` is relative to the module, so pass `import.meta.url`.
 *
 * `:name` in the file is the property `name` of Params. A column `needs_person_at` is the property `needsPersonAt` of Row.
 */
export const statement = <Params extends object, Row extends object = Record<never, never>>(
  moduleUrl: string,
  file: string,
): Statement<Params, Row> => declare(moduleUrl, file, true);

/** A statement of a page or a report. It is planned anew for its values, by the server's own settings. */
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

// Comments, strings, quoted names and casts are left alone; what is left of `:name` is a parameter.
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
