import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import axios, { type AxiosError } from 'axios';
import { ConstantBackoff, handleWhenResult, retry, TimeoutStrategy, timeout } from 'cockatiel';
import { awayFromPlace } from './held-place.ts';

/** Why there is no response. `too_large`: it was longer than allowed. */
export type HttpFailure = { ok: false; reason: 'timeout' | 'unreachable' | 'too_large' };

export interface HttpAnswer {
  ok: true;
  status: number;
  body: Buffer;
  contentType: string;
  retryAfterSeconds: number | null;
}

export interface HttpRequest {
  method: 'GET' | 'POST';
  url: string;
  bearer?: string;
  query?: Record<string, string>;
  json?: unknown;
  form?: FormData;
  timeoutMs?: number;
  maxBytes?: number;
}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 1024 * 1024;
const RETRY_PAUSE_MS = 200;
/** The request never left, so even a POST may be sent again. */
const NOT_SENT = /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
const TOO_LARGE = /maxContentLength/;

/** No redirect is followed: it would carry the token elsewhere. Failures are values, because axios's errors hold the token. */
export function createHttpClient({ timeoutMs = TIMEOUT_MS }: { timeoutMs?: number } = {}) {
  const client = axios.create({
    httpAgent: new HttpAgent({ keepAlive: true }),
    httpsAgent: new HttpsAgent({ keepAlive: true }),
    proxy: false,
    maxRedirects: 0,
    responseType: 'arraybuffer',
    validateStatus: () => true,
  });

  async function once(request: HttpRequest, signal: AbortSignal): Promise<Outcome> {
    try {
      const { status, headers, data } = await client.request<Buffer>({
        method: request.method,
        url: request.url,
        params: request.query ?? {},
        data: request.form ?? request.json,
        headers: { ...(request.bearer && { Authorization: `Bearer ${request.bearer}` }) },
        maxContentLength: request.maxBytes ?? MAX_BYTES,
        signal,
      });
      const retryAfterSeconds = Number(headers['retry-after'] || Number.NaN);
      return {
        ok: true,
        status,
        body: Buffer.from(data ?? ''),
        contentType: String(headers['content-type'] ?? ''),
        retryAfterSeconds: retryAfterSeconds >= 0 ? retryAfterSeconds : null,
      };
    } catch (error) {
      return { failure: error as AxiosError };
    }
  }

  return async function request(wanted: HttpRequest): Promise<HttpAnswer | HttpFailure> {
    // axios's own timeout restarts with every byte; this one does not.
    const inTime = timeout(wanted.timeoutMs ?? timeoutMs, TimeoutStrategy.Cooperative);
    const outcome = await awayFromPlace(() =>
      onceMore[wanted.method].execute(() => inTime.execute(({ signal }) => once(wanted, signal))),
    );
    return 'failure' in outcome ? failureOf(outcome.failure) : outcome;
  };
}

export type HttpClient = ReturnType<typeof createHttpClient>;

type Outcome = HttpAnswer | { failure: AxiosError };

const onceMoreWhen = (mayRepeat: (outcome: Outcome) => boolean) =>
  retry(
    handleWhenResult((outcome) => mayRepeat(outcome as Outcome)),
    { maxAttempts: 1, backoff: new ConstantBackoff(RETRY_PAUSE_MS) },
  );
const neverLeft = (outcome: Outcome): boolean => 'failure' in outcome && NOT_SENT.test(outcome.failure.code ?? '');
const broke = (outcome: Outcome): boolean =>
  'failure' in outcome ? failureOf(outcome.failure).reason === 'unreachable' : outcome.status >= 500;
const onceMore = { GET: onceMoreWhen(broke), POST: onceMoreWhen(neverLeft) };

function failureOf({ code, message }: AxiosError): HttpFailure {
  if (code === 'ERR_CANCELED' || code === 'ECONNABORTED' || code === 'ETIMEDOUT') return { ok: false, reason: 'timeout' };
  return { ok: false, reason: TOO_LARGE.test(message) ? 'too_large' : 'unreachable' };
}
