// Meta's side of the webhooks: signs deliveries and posts them on schedule, whether or not earlier ones were answered.
import { Agent, request } from 'node:http';
import { bytesOf, signatureOf } from '../tests/support/graph-emulator/sender.ts';
import type { MetaAccount } from './graph.ts';

export interface Delivered {
  /** 0: no response. */
  status: number;
  /** From the due time to the end of the response. */
  tookMs: number;
  /** How long after the due time it was sent. */
  lateMs: number;
}

/** Opens as many connections as needed. */
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

/** Calls `send` `perSecond` times a second at even intervals for `ms`, with the due time of each call. */
export async function byTheClock(perSecond: number, ms: number, send: (index: number, dueAtMs: number) => void): Promise<void> {
  const startedAt = performance.now();
  for (let index = 0; index * 1_000 < ms * perSecond; index += 1) {
    const dueAtMs = startedAt + (index * 1_000) / perSecond;
    const waitMs = dueAtMs - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    send(index, dueAtMs);
  }
}
