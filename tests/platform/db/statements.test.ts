// Compares the parameters and columns of every .sql file with its wrapper, on the migrated database.
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { report } from '../../../src/platform/db/statement.ts';
import { type DeclaredStatement, declaredStatements, type Kind } from '../../support/declared-statements.ts';
import { filesOf, ROOT } from '../../support/source-tree.ts';
import { type TestDatabase, testDatabase } from '../../support/test-database.ts';

const sqlFiles = filesOf('src/**/*.sql');
const declarations = declaredStatements();

let opened: TestDatabase;
let client: pg.Client;
let kindsByOid: Map<number, Kind[]>;
beforeAll(async () => {
  opened = await testDatabase();
  kindsByOid = await readKinds(opened.database.sql);
  client = opened.database.dedicatedClient();
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await opened.close();
});

// JavaScript types of columns and parameters. Numeric arrives as a string, so cast it to float8 or bigint.
const KINDS: Record<string, Kind[]> = {
  bool: ['boolean'],
  date: ['Date', 'string'],
  float4: ['number'],
  float8: ['number'],
  int2: ['number'],
  int4: ['number'],
  int8: ['number'],
  numeric: ['string'],
  timestamp: ['Date'],
  timestamptz: ['Date'],
};
const ANY: Kind[] = ['number', 'string', 'boolean', 'Date', 'array', 'other'];
const WITHOUT_KIND = ['json', 'jsonb', 'void', 'record', 'interval', 'bytea'];

async function readKinds(sql: TestDatabase['database']['sql']): Promise<Map<number, Kind[]>> {
  const { rows } = await sql.query<{ oid: number; name: string; array: boolean }>(
    "SELECT oid::int, typname AS name, typcategory = 'A' AS array FROM pg_type",
  );
  const kinds = ({ name, array }: { name: string; array: boolean }): Kind[] => {
    if (array) return ['array'];
    return WITHOUT_KIND.includes(name) ? ANY : (KINDS[name] ?? ['string']);
  };
  return new Map(rows.map((row) => [row.oid, kinds(row)]));
}

interface Description {
  parameters: number[];
  columns: { name: string; dataTypeID: number }[];
}

/** The server's description of a parsed statement. */
function describe(text: string): Promise<Description> {
  return new Promise((resolve, reject) => {
    const described: Description = { parameters: [], columns: [] };
    const { connection } = client as unknown as { connection: NodeJS.EventEmitter };
    const note = ({ dataTypeIDs }: { dataTypeIDs: number[] }) => {
      described.parameters = dataTypeIDs;
    };
    connection.once('parameterDescription', note);
    const settle = (settled: () => void) => {
      connection.off('parameterDescription', note);
      settled();
    };
    client.query({
      submit(to: { parse(query: object): void; describe(what: object): void; sync(): void }) {
        to.parse({ name: '', text, types: [] });
        to.describe({ type: 'S', name: '' });
        to.sync();
      },
      handleRowDescription({ fields }: { fields: Description['columns'] }) {
        described.columns = fields;
      },
      handleReadyForQuery: () => settle(() => resolve(described)),
      handleError: (error: Error) => settle(() => reject(error)),
    } as unknown as pg.Submittable);
  });
}

const camelCase = (column: string): string => column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The differences as sentences. */
async function faultsOf({ sqlPath, params, row }: DeclaredStatement): Promise<string[]> {
  const { text, parameters } = report(pathToFileURL(join(ROOT, sqlPath)).href, `./${basename(sqlPath)}`);
  const described = await describe(text).catch((error: Error) => error.message);
  if (typeof described === 'string') return [`${sqlPath}: ${described}`];
  const used = new Map(parameters.map((name, i) => [name, described.parameters[i] as number]));
  const columns = new Map(described.columns.map(({ name, dataTypeID }) => [camelCase(name), dataTypeID]));
  const twice = columns.size < described.columns.length ? [`${sqlPath}: two columns have one name`] : [];
  return [...twice, ...differences(`${sqlPath}: parameter`, used, params), ...differences(`${sqlPath}: column`, columns, row)];
}

function differences(what: string, found: Map<string, number>, declared: Map<string, Set<Kind>>): string[] {
  const undeclared = [...found.keys()].filter((name) => !declared.has(name)).map((name) => `${what} ${name} is not declared`);
  const missing = [...declared.keys()].filter((name) => !found.has(name)).map((name) => `${what} ${name} is only declared`);
  const unlike = [...declared].flatMap(([name, kinds]) => {
    const allowed = kindsByOid.get(found.get(name) ?? 0) ?? ANY;
    // A type this test cannot resolve may be an alias of string or the shape of a JSON column.
    const odd = [...kinds].filter(
      (kind) => kind !== 'other' && !allowed.includes(kind) && !(kind === 'string' && allowed.includes('Date')),
    );
    return odd.map((kind) => `${what} ${name} is declared as ${kind}, the database has ${allowed.join(' or ')}`);
  });
  return [...undeclared, ...missing, ...unlike];
}

test('every .sql file is declared once, and its name is unique', () => {
  const names = sqlFiles.map((path) => basename(path));
  expect(declarations.map(({ sqlPath }) => sqlPath).sort()).toEqual(sqlFiles);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test('every statement has the declared parameters and columns with their types', async () => {
  const faults: string[] = [];
  for (const declaration of declarations) faults.push(...(await faultsOf(declaration)));
  expect(faults).toEqual([]);
});
