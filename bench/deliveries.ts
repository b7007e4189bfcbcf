// Meta's side of the webhooks: signs deliveries and posts them by the clock, whether or not the earlier ones were answered.
import { Agent, request } from 'node:http';
import { bytesOf, signatureOf } from '../tests/support/graph-emulator/sender.ts';
import type { MetaAccount } from './graph.ts';

export interface Delivered {
  /** 0: no answer. */
  status: number;
  /** From the moment it was due until the answer's end. */
  tookMs: number;
  /** How long after that moment it was sent. */
  lateMs: number;
}

/** Posts to the site at `url` over as many connections as it takes. */
export function createSender(url: string) {
  const agent = new Agent({ keepAlive: true });
  return {
    async post({ platform, appSecret }: MetaAccount, payload: unknown, dueAtMs = performance.now()): Promise<Delivered> {
      const body = bytesOf(payload);
      const headers = {
        'content-type': 'application/json',
        'content-length': body.length,
        'x-hub-signature-256': signatureOf(body, appSecret),
      };
      const lateMs = performance.now() - dueAtMs;
      const status = await new Promise<number>((resolve) => {
        const sent = request(`${url}/webhooks/${platform}`, { method: 'POST', agent, headers }, (answer) => {
          answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
        });
        sent.once('error', () => resolve(0)).end(body);
      });
      return { status, lateMs, tookMs: performance.now() - dueAtMs };
    },
    close: () => agent.destroy(),
  };
}

/** Calls `send` `perSecond` times a second, evenly and by the clock, for this long; it is told when each was due. */
export async function byTheClock(perSecond: number, ms: number, send: (index: number, dueAtMs: number) => void): Promise<void> {
  const startedAt = performance.now();
  for (let index = 0; index * 1_000 < ms * perSecond; index += 1) {
    const dueAtMs = startedAt + (index * 1_000) / perSecond;
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    send(index, dueAtMs);
  }
}
