import type { RequestHandler } from 'express';
import { memberOf } from '#web/guards.ts';
import type { Progress } from './present-broadcast.ts';
import type { ProgressStreams } from './progress-streams.ts';

const RECONNECT_MS = 3_000;

/**
 * GET …/events: a broadcast's progress as server-sent events, each the whole of it, so that a lost one does no harm; one that
 * was heard before (Last-Event-ID) is not sent again. `end` is the last: the page then shows itself anew.
 */
export function progressEvents(streams: ProgressStreams): RequestHandler {
  return (req, res) => {
    const { user, tenant } = memberOf(req);
    const watched = {
      userId: user.id,
      tenantId: tenant.id,
      botId: res.locals['bot'].id,
      broadcastId: res.locals['broadcast'].id,
    };
    const listener = {
      progress: (progress: Progress, id: string) =>
        void res.write(`event: progress\nid: ${id}\ndata: ${JSON.stringify(progress)}\n\n`),
      heartbeat: () => void res.write(': still here\n\n'),
      end: () => void res.end('event: end\ndata: {}\n\n'),
      renew: () => void res.end(() => req.socket.destroySoon()),
    };
    const stop = streams.watch(watched, listener, req.get('last-event-id'));
    res.on('close', stop);
    // no-transform: a compressed stream would be held back. X-Accel-Buffering says the same to nginx.
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
    res.write(`retry: ${RECONNECT_MS}\n\n`);
  };
}
