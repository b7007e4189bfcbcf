import type { Request, RequestHandler, Response } from 'express';
import { awayFromPlace } from '#platform/held-place.ts';
import { memberOf } from './guards.ts';
import type { LiveStreams } from './live-streams.ts';
import { sessionKey } from './session.ts';

const RECONNECT_MS = 3_000;

/** A known state (Last-Event-ID, `?seen`) is not sent again. */
export function eventStream(
  streams: LiveStreams,
  watchedOf: (req: Request, res: Response) => { botId: string; id: string },
): RequestHandler {
  return (req, res) => {
    const { user, tenant } = memberOf(req);
    const listener = {
      changed: (id: string) => void res.write(`event: changed\nid: ${id}\ndata: {}\n\n`),
      heartbeat: () => void res.write(': still here\n\n'),
      end: () => void res.end('event: end\ndata: {}\n\n'),
      renew() {
        // express-session takes a function given to end() for words to send, and throws when it saves the session first.
        res.once('finish', () => req.socket.destroySoon());
        res.end();
      },
    };
    const watcher = { userId: user.id, sessionKey: sessionKey(req.sessionID) };
    const stop = streams.watch(watcher, { tenantId: tenant.id, ...watchedOf(req, res) }, listener, seenBy(req));
    res.on('close', stop);
    // no-transform: compression would delay the events. X-Accel-Buffering tells nginx the same.
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
    res.write(`retry: ${RECONNECT_MS}\n\n`);
    void awayFromPlace(() => new Promise((resolve) => res.once('close', resolve)));
  };
}

function seenBy(req: Request): string {
  const { seen } = req.query;
  return req.get('last-event-id') ?? (typeof seen === 'string' ? seen : '');
}
