import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { dataIn, EmbeddedDatabaseError, setAside, stampOf, writeOwner } from './data-folder.ts';
import { type EmbeddedConnection, openEmbedded, refuseHeld } from './embedded-database.ts';
import { holdSocket, socketFolder, socketIn } from './socket-lock.ts';

export interface Restored {
  /** Where the files are that were there before; null when there were none. */
  kept: string | null;
  messages: number;
}

/**
 * Puts a dump in the place of the database in `dir`. It is unpacked beside it and opened first, so that a file that is no dump
 * changes nothing; the files of before are kept under another name. Nobody else can open the directory meanwhile.
 * @throws EmbeddedDatabaseError
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

/** How many messages it holds. */
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
