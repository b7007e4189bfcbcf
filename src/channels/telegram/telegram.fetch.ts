import type { ApiClientOptions } from 'grammy';
import { Agent, request } from 'undici';

// grammY ends every call in time itself; a long poll is silent for as long as it was asked to wait.
const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });

/** What grammY gives: see its core/client.js. */
type Call = Pick<Required<Parameters<typeof request>[1] & object>, 'method' | 'headers' | 'body' | 'signal'>;

/** As much of fetch as grammY uses, by undici's client in place of node-fetch: half the CPU per call (docs/speed.md). */
async function fetchJson(url: string, { method, headers, body, signal }: Call): Promise<{ json(): Promise<unknown> }> {
  const response = await request(url, { method, headers, body, signal, dispatcher });
  return response.body;
}

export const telegramFetch = fetchJson as unknown as NonNullable<ApiClientOptions['fetch']>;
