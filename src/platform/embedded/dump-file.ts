import { open, rename, rm } from 'node:fs/promises';

/** Compresses in pieces, so that queries of the same thread run in between. The complete file gets its name last. */
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
