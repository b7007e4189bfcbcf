import type { Request, RequestHandler } from 'express';
import { MINUTE_MS } from '#core/durations.ts';

/** S48 (slow clients): who sends a body slower than this is cut off. */
const BODY_MS = 30_000;
/** A member's upload may take longer while it goes on at such a rate: 20 MB within 21 minutes. */
const LEAST_BYTES_PER_SECOND = 16 * 1024;
const RATE_OVER_MS = 15_000;
/** Nothing is read of an upload that waits for a place. */
const UPLOAD_WAIT_MS = MINUTE_MS;
/** Longer than the largest upload at the least rate. Node ends what is left. */
export const LONGEST_REQUEST_MS = 90 * MINUTE_MS;

interface Deadline {
  timer: NodeJS.Timeout;
  ended: boolean;
}

const deadlines = new WeakMap<Request, Deadline>();

/** The first middleware of all. Nothing else ends a body that comes slowly before LONGEST_REQUEST_MS. */
export const cutSlowBodies: RequestHandler = (req, _res, next) => {
  const hasBody = Number(req.headers['content-length'] ?? 0) > 0 || req.headers['transfer-encoding'] !== undefined;
  if (!hasBody) return next();
  const deadline = { timer: setTimeout(() => cut(req), BODY_MS), ended: false };
  const end = (): void => {
    // An answer that was sent early closes the request while its body is still coming.
    if (!req.complete && !req.socket.destroyed) return;
    clearTimeout(deadline.timer);
    deadline.ended = true;
  };
  deadlines.set(req, deadline);
  req.once('end', end).once('close', end);
  next();
};

/** While an upload waits for its place, before anything of it is read. */
export function waitWithBody(req: Request): void {
  change(req, () => setTimeout(() => cut(req), UPLOAD_WAIT_MS));
}

/** The upload goes on as long as it comes at the least rate. While others wait for its place, it has 30 s as anything else. */
export function allowSlowBody(req: Request, othersWait: () => boolean): void {
  const startedMs = performance.now();
  let seenBytes = req.socket.bytesRead;
  change(req, () =>
    setInterval(() => {
      const [bytes, tookMs] = [req.socket.bytesRead - seenBytes, performance.now() - startedMs];
      seenBytes = req.socket.bytesRead;
      const isSlow = bytes < (LEAST_BYTES_PER_SECOND * RATE_OVER_MS) / 1000;
      if (isSlow || (tookMs >= BODY_MS && othersWait())) cut(req);
    }, RATE_OVER_MS),
  );
}

function change(req: Request, next: () => NodeJS.Timeout): void {
  const deadline = deadlines.get(req);
  if (!deadline || deadline.ended) return;
  clearTimeout(deadline.timer);
  deadline.timer = next();
}

function cut(req: Request): void {
  clearTimeout(deadlines.get(req)?.timer);
  const { res, socket } = req;
  if (res && !res.headersSent) res.writeHead(408, { connection: 'close' }).end();
  socket.destroySoon();
}
