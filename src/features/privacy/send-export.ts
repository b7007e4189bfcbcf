import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import yazl from 'yazl';
import type { ExportRead } from './export.read.ts';

const CHUNK_CHARS = 64 * 1024;

/** Streams a ZIP of JSON files and pictures: any size in bounded memory. */
export async function sendExport(read: ExportRead, tenantId: string, res: Response): Promise<void> {
  const zip = new yazl.ZipFile();
  zip.addBuffer(Buffer.from(JSON.stringify(await read.business(tenantId), null, 2)), 'business.json');
  for (const { name, pages } of read.tables(tenantId)) {
    // Opened one after the other, when the archive reaches them.
    zip.addReadStreamLazy(`${name}.json`, (done) => {
      const stream = Readable.from(json(pages));
      stream.on('error', (error) => zip.emit('error', error));
      done(null, stream);
    });
  }
  for (const { name, content } of await read.files(tenantId)) {
    // Pictures are already compressed.
    zip.addReadStreamLazy(name, { compress: false }, (done) => {
      content().then(
        (bytes) => done(null, Readable.from([bytes])),
        (error: Error) => zip.emit('error', error),
      );
    });
  }
  zip.end();
  const output = zip.outputStream as Readable;
  zip.on('error', (error: Error) => output.destroy(error));
  // The middleware's listeners and the pipeline's together are one more than Node warns of.
  res.setMaxListeners(20);
  res.attachment('botfactory-export.zip').type('application/zip');
  await pipeline(output, res);
}

/** One JSON array, one row a line. */
async function* json(pages: AsyncIterable<Record<string, unknown>[]>): AsyncGenerator<string> {
  let text = '[';
  let before = '\n';
  for await (const rows of pages) {
    for (const row of rows) {
      text += before + JSON.stringify(row);
      before = ',\n';
      if (text.length < CHUNK_CHARS) continue;
      yield text;
      text = '';
    }
  }
  yield before === '\n' ? '[]\n' : `${text}\n]\n`;
}
