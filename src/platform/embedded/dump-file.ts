import { open, rename, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

// Level 6 takes twice the time for a tenth less.
const pack = promisify(gzip);
const LEVEL = 1;

/** Writes what `copy` gives, packed, under its name only when it is whole and on the disk. */
export async function writeDump(path: string, copy: () => Promise<Blob>): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    await file.writeFile(await pack(await (await copy()).arrayBuffer(), { level: LEVEL }));
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(part, { force: true });
    throw error;
  }
  await file.close();
  await rename(part, path);
}
