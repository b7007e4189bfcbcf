import pg from 'pg';
import { createSealer, type SealContext, type Sealer } from '../crypto/seal.ts';
import { StartError } from '../start-error.ts';
import type { Database, DatabaseAddress } from './database.ts';
import { connectionConfig } from './migrate.ts';

export class WrongKeyError extends StartError {}

const CONTEXT: SealContext = { table: 'key_check', column: 'sealed', rowId: '1', tenantId: '' };
const PLAIN = 'botfactory';
const MAX_NAMED = 5;

/** S77 (wrong key): before anything is written. @throws WrongKeyError when no given key opens what this database holds. */
export async function refuseWrongKey(address: DatabaseAddress, keys: readonly string[]): Promise<void> {
  const client = new pg.Client(connectionConfig(address));
  await client.connect();
  try {
    const sealer = createSealer(keys);
    const ids = await idsIn(client);
    if (ids.length > 0 && !ids.some((id) => sealer.keyIds.includes(id))) throw wrongKey(ids, sealer);
  } finally {
    await client.end();
  }
}

/** Stores the check of a database that has none yet. Of two first starts with different keys the second is refused. */
export async function storeKeyCheck({ prisma }: Pick<Database, 'prisma'>, keys: readonly string[]): Promise<void> {
  const sealer = createSealer(keys);
  await prisma.keyCheck.createMany({ data: { id: 1, sealed: sealer.seal(PLAIN, CONTEXT) }, skipDuplicates: true });
  const check = await prisma.keyCheck.findUniqueOrThrow({ where: { id: 1 } });
  if (!opens(sealer, check.sealed)) throw wrongKey([keyIdOf(check.sealed)], sealer);
}

/** S57 (key rotation): afterwards the old key can be removed. */
export async function resealKeyCheck({ prisma }: Pick<Database, 'prisma'>, sealer: Sealer): Promise<void> {
  const check = await prisma.keyCheck.findUnique({ where: { id: 1 } });
  if (!check || !sealer.isOld(check.sealed) || !opens(sealer, check.sealed)) return;
  await prisma.keyCheck.updateMany({ where: { sealed: check.sealed }, data: { sealed: sealer.seal(PLAIN, CONTEXT) } });
}

/** The check's key alone, or in a database of an older version those of the connections. */
async function idsIn(client: pg.Client): Promise<string[]> {
  const tables = await client.query<{ check: string | null; connections: string | null }>(
    "SELECT to_regclass('key_check') AS check, to_regclass('connections') AS connections",
  );
  const { check, connections } = tables.rows[0] ?? {};
  const of = async (text: string): Promise<string[]> => (await client.query<{ id: string }>(text)).rows.map(({ id }) => id);
  const checked = check ? await of("SELECT split_part(sealed, ':', 2) AS id FROM key_check") : [];
  if (checked.length > 0 || !connections) return checked;
  return of(`SELECT DISTINCT split_part(sealed_secrets, ':', 2) AS id FROM connections WHERE sealed_secrets LIKE 'v1:%'`);
}

const keyIdOf = (sealed: string): string => sealed.split(':')[1] ?? '';

function opens(sealer: Sealer, sealed: string): boolean {
  try {
    return sealer.open(sealed, CONTEXT) === PLAIN;
  } catch {
    return false;
  }
}

const wrongKey = (ids: string[], sealer: Sealer): WrongKeyError =>
  new WrongKeyError(
    `ENCRYPTION_KEY is not the key of this database: it is sealed with the key ${ids.slice(0, MAX_NAMED).join(', ')}, given was ` +
      `${sealer.keyIds.join(', ')} (short digests). Nothing was changed. Give the key of before (ENCRYPTION_KEY, or SESSION_SECRET ` +
      'from which it is derived; on the embedded database DATA_DIR holds it); to rotate, give new,old.',
  );
