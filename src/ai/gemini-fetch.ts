import { request } from 'undici';

interface Answer {
  ok: boolean;
  status: number;
  statusText: string;
  json(): Promise<unknown>;
}

/** The part of fetch that Google's SDK uses. It throws what fetch throws: AbortError or TypeError. */
async function fetchJson(url: string, { method = 'GET', headers, body, signal }: RequestInit): Promise<Answer> {
  const response = await request(url, {
    method: method as 'GET' | 'POST',
    headers: Object.fromEntries(new Headers(headers)),
    body: body as string,
    signal: signal ?? null,
  }).catch((error: Error) => {
    throw asFetchError(error, 'fetch failed');
  });
  const { statusCode: status } = response;
  return {
    ok: status >= 200 && status < 300,
    status,
    statusText: '',
    async json() {
      const text = await response.body.text().catch((error: Error) => {
        throw asFetchError(error, 'terminated');
      });
      return JSON.parse(text);
    },
  };
}

const asFetchError = (error: Error, message: string): Error =>
  error.name === 'AbortError' ? error : new TypeError(message, { cause: error });

const origins = new Set<string>();

/**
 * The SDK calls the global fetch and takes no other. At this address the global fetch becomes undici's request, which takes a
 * third of the CPU (docs/speed.md). Other addresses keep the fetch there was.
 */
export function useLeanFetch(baseUrl: string): void {
  if (origins.size === 0) {
    const before = globalThis.fetch;
    globalThis.fetch = ((url: string | URL | Request, init: RequestInit = {}) =>
      !(url instanceof Request) && [...origins].some((origin) => String(url).startsWith(`${origin}/`))
        ? fetchJson(String(url), init)
        : before(url, init)) as typeof fetch;
  }
  origins.add(new URL(baseUrl).origin);
}
