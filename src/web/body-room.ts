import type { RequestHandler } from 'express';
import { addressOf } from './client-address.ts';

const [KB, MB] = [1024, 1024 * 1024];
/** Smaller ones are too many to count and too small to matter. */
const COUNTED_FROM = 64 * KB;
// S69 (memory): large bodies of all and of one address, at once in one process. Platforms send again what is refused.
const [MOST, MOST_OF_ADDRESS] = [128 * MB, 32 * MB];
/** What may come without a length is as large as the largest that is read (pipeline/webhooks.routes.ts). */
const UNTOLD = 4 * MB;
const RETRY_SECONDS = 5;

/** Bodies lie in memory until they are answered, whoever sends them. Uploads have places of their own (web/upload.ts). */
export function bodyRoom(): RequestHandler {
  const byAddress = new Map<string, number>();
  let total = 0;

  function add(address: string, bytes: number): void {
    total += bytes;
    const held = (byAddress.get(address) ?? 0) + bytes;
    if (held > 0) byAddress.set(address, held);
    else byAddress.delete(address);
  }

  return (req, res, next) => {
    const bytes = req.headers['transfer-encoding'] ? UNTOLD : Math.min(Number(req.headers['content-length'] ?? 0), UNTOLD);
    if (!(bytes >= COUNTED_FROM) || req.is('multipart/form-data')) return next();
    const address = addressOf(req);
    if (total + bytes > MOST || (byAddress.get(address) ?? 0) + bytes > MOST_OF_ADDRESS)
      return void res
        .status(503)
        .set({ 'Retry-After': String(RETRY_SECONDS), Connection: 'close' })
        .end();
    add(address, bytes);
    res.once('close', () => add(address, -bytes));
    next();
  };
}
