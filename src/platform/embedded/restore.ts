import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { dataIn, EmbeddedDatabaseError, setAside, stampOf, writeOwner } from './data-folder.ts';
import { type EmbeddedConnection, openEmbedded, refuseHeld } from './embedded-database.ts';
import { holdSocket, socketFolder, socketIn } from './socket-lock.ts';

export interface Restored {
  /** Where the previous files are; null when there were none. */
  kept: string | null;
  messages: number;
}

/**
 * Unpacks and opens the dump beside the database first, so that an invalid file changes nothing. The previous files are kept
 * under
 * another name. @throws EmbeddedDatabaseError
 */
export async function restoreDump(dir: string, file: string): Promise<Restored> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await refuseHeld(dir);
  const release = await holdSocket(socketIn(await socketFolder(dir)));
  if (!release) throw new EmbeddedDatabaseError(`The embedded database in ${dir} is in use. Stop the app first.`);
  const beside = join(dir, `restoring-${stampOf(new Date())}`);
  try {
    const messages = await unpack(beside, file);
    const kept = await setAside(dataIn(dir), 'before-restore').catch(() => null);
    await rename(dataIn(beside), dataIn(dir));
    await writeOwner(dir);
    return { kept, messages };
  } finally {
    await rm(beside, { recursive: true, force: true });
    await release();
  }
}

/** Returns the number of messages. */
async function unpack(beside: string, file: string): Promise<number> {
  const opened = await openEmbedded(beside, { snapshotPath: file }).catch(() => {
    throw new EmbeddedDatabaseError(`${file} is not a whole dump of this version. Nothing was changed.`);
  });
  try {
    return await countMessages(opened.connection);
  } catch {
    throw new EmbeddedDatabaseError(`${file} holds no BotFactory database. Nothing was changed.`);
  } finally {
    await opened.close();
  }
}

async function countMessages(connection: EmbeddedConnection): Promise<number> {
  const client = new pg.Client(connection);
  await client.connect();
  const { rows } = await client.query('SELECT count(*)::int AS n FROM messages').finally(() => client.end());
  return (rows[0] as { n: number }).n;
}
