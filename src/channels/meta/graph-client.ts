import { createHttpClient, type HttpClient } from '#platform/http-client.ts';
import type { ChannelSettings, PeerFailure } from '../channel.ts';
import { failureOf } from './graph-failure.ts';
import { type JsonObject, objectOf, parseJson } from './json.ts';

// Each version lives about two years. Source: META graph-api/guides/versioning (2026-11).
const VERSION = 'v25.0';

export interface GraphCall {
  method: 'GET' | 'POST';
  path: string;
  token: string;
  query?: Record<string, string>;
  json?: JsonObject;
  form?: FormData;
  timeoutMs?: number;
  unversioned?: boolean;
}

export type GraphAnswer = { ok: true; body: JsonObject } | PeerFailure;

/** META_GRAPH_URL replaces the platform's address, for an emulator. */
export const graphUrl = ({ META_GRAPH_URL: url }: ChannelSettings, platformUrl: string): string =>
  typeof url === 'string' ? url : platformUrl;

export function createGraphClient({ baseUrl, http = createHttpClient() }: { baseUrl: string; http?: HttpClient }) {
  return {
    baseUrl,
    http,

    /** Never throws. A failure contains neither the token nor Meta's text. */
    async call({ method, path, token, query, json, form, timeoutMs, unversioned = false }: GraphCall): Promise<GraphAnswer> {
      const url = `${baseUrl}/${unversioned ? '' : `${VERSION}/`}${path}`;
      const sent = { ...(json && { json }), ...(form && { form }) };
      const answer = await http({
        method,
        url,
        bearer: token,
        ...(query && { query }),
        ...sent,
        ...(timeoutMs && { timeoutMs }),
      });
      if (!answer.ok) return { ok: false, reason: 'unreachable' };
      const body = parseJson(answer.body);
      if (answer.status >= 200 && answer.status < 300 && body !== undefined && !('error' in objectOf(body))) {
        return { ok: true, body: objectOf(body) };
      }
      // A proxy's error page in place of Graph's JSON.
      if (body === undefined) return { ok: false, reason: 'unreachable' };
      return failureOf({ status: answer.status, body, retryAfterSeconds: answer.retryAfterSeconds });
    },
  };
}

export type GraphClient = ReturnType<typeof createGraphClient>;
