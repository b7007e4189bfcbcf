import type { Request, RequestHandler, Response } from 'express';
import { memberOf } from './guards.ts';
import type { LiveStreams } from './live-streams.ts';
import { sessionKey } from './session.ts';

const RECONNECT_MS = 3_000;

/**
 * Live news as server-sent events, each the whole of it, so that a lost one does no harm; one that was heard before
 * (Last-Event-ID, or at first `?seen`) is not sent again. `end` is the last. Only behind requireMember.
 */
export function eventStream<News>(
  streams: LiveStreams<News>,
  { event, watchedOf }: { event: string; watchedOf: (req: Request, res: Response) => { botId: string; id: string } },
): RequestHandler {
  return (req, res) => {
    const { user, tenant } = memberOf(req);
    const listener = {
      news: (news: News, id: string) => void res.write(`event: ${event}\nid: ${id}\ndata: ${JSON.stringify(news)}\n\n`),
      heartbeat: () => void res.write(': still here\n\n'),
      end: () => void res.end('event: end\ndata: {}\n\n'),
      renew: () => void res.end(() => req.socket.destroySoon()),
    };
    const watcher = { userId: user.id, sessionKey: sessionKey(req.sessionID) };
    const stop = streams.watch(watcher, { tenantId: tenant.id, ...watchedOf(req, res) }, listener, seenBy(req));
    res.on('close', stop);
    // no-transform: a compressed stream would be held back. X-Accel-Buffering says the same to nginx.
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
    res.write(`retry: ${RECONNECT_MS}\n\n`);
  };
}

function seenBy(req: Request): string {
  const { seen } = req.query;
  return req.get('last-event-id') ?? (typeof seen === 'string' ? seen : '');
}
