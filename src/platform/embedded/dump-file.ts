import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes what `copy` gives, packed, under its name only when it is whole and on the disk. In pieces, so that queries of the
 * same thread come in between.
 */
export async function writeDump(path: string, copy: () => Promise<Blob>): Promise<void> {
  const part = `${path}.part`;
  const file = await open(part, 'w', 0o600);
  try {
    const pieces = (await copy()).stream().pipeThrough(new CompressionStream('gzip'));
    for await (const piece of pieces) await file.write(piece);
    await file.sync();
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}
