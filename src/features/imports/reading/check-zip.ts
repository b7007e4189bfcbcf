import { fromBufferPromise } from 'yauzl';
import { UnreadableError } from './parts.ts';

// A workbook of 20 MB unpacks to about 150 MB. Bombs promise gigabytes, or lie about it.
const MOST_ENTRIES = 5_000;
const MOST_BYTES = 160 * 1024 * 1024;
const MOST_RATIO = 200;
/** Small files may repeat themselves. */
const RATIO_FROM_BYTES = 8 * 1024 * 1024;

/** Unpacks every entry once and keeps nothing, so that what a parser opens afterwards has a known size. */
export async function checkZip(content: Buffer): Promise<void> {
  const zip = await fromBufferPromise(content, { lazyEntries: true, validateEntrySizes: true }).catch(() => {
    throw new UnreadableError('corrupt');
  });
  if (zip.entryCount > MOST_ENTRIES) throw new UnreadableError('too_much_inside');
  let total = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.isEncrypted()) throw new UnreadableError('encrypted');
      if (total + entry.uncompressedSize > MOST_BYTES) throw new UnreadableError('too_much_inside');
      for await (const part of await zip.openReadStreamPromise(entry)) {
        total += (part as Buffer).length;
        const bomb = total > RATIO_FROM_BYTES && total > content.length * MOST_RATIO;
        if (bomb || total > MOST_BYTES) throw new UnreadableError('too_much_inside');
      }
    }
  } catch (error) {
    throw error instanceof UnreadableError ? error : new UnreadableError('corrupt');
  }
}
