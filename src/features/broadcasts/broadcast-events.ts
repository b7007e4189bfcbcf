import type { RequestHandler } from 'express';
import { memberOf } from '#web/guards.ts';
import type { ProgressStreams } from './progress-streams.ts';

const RECONNECT_MS = 3_000;

/**
 * GET …/events: a broadcast's progress as server-sent events, each the whole of it, so that a lost one does no harm. `end` is
 * the last: the page then shows itself anew.
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
    const stop = streams.watch(watched, {
      progress: (progress) => void res.write(`event: progress\ndata: ${JSON.stringify(progress)}\n\n`),
      heartbeat: () => void res.write(': still here\n\n'),
      end: () => res.end('event: end\ndata: {}\n\n'),
    });
    res.on('close', stop);
    // no-transform: a compressed stream would be held back. X-Accel-Buffering says the same to nginx.
    res.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store, no-transform', 'X-Accel-Buffering': 'no' });
    res.write(`retry: ${RECONNECT_MS}\n\n`);
  };
}
