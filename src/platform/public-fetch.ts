import { lookup } from 'node:dns/promises';
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import ipaddr from 'ipaddr.js';
import { Agent, request } from 'undici';

export type PublicFetchFailure = { ok: false; reason: 'forbidden_address' | 'unreachable' | 'bad_answer' | 'too_large' };
export interface PublicPage {
  ok: true;
  /** After redirects. */
  url: string;
  status: number;
  contentType: string;
  body: Buffer;
}

interface Deps {
  /** All addresses of a host. */
  resolve?: (host: string) => Promise<string[]>;
  /** Which address and port may be asked. Tests let their own servers through here; nothing of the environment does. */
  permits?: (address: string, port: number) => boolean;
  timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
const MAX_BYTES = 5 * 1024 * 1024;
const MAX_REDIRECTS = 5;
const PORTS = new Set([80, 443]);
const USER_AGENT = 'BotFactory/1.0 (reads a page for its owner)';
const LOCAL_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home\.arpa)\.?$/iu;
const DECODERS: Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};
const ALL_GLOBAL: [ipaddr.IPv6, number] = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is one of the public internet. IPv4 in the clothes of IPv6 is seen as what it is. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(ALL_GLOBAL);
}

const permitsPublic = (address: string, port: number): boolean => PORTS.has(port) && isPublicAddress(address);
const resolveAll = async (host: string): Promise<string[]> => (await lookup(host, { all: true })).map(({ address }) => address);

/**
 * S46 (SSRF): the one way to an address that a person names. The host is resolved once and the connection goes to that address,
 * so a resolver that changes its answer gains nothing. Every redirect is checked again. No cookie and no credential is sent.
 */
export function createPublicFetch({ resolve = resolveAll, permits = permitsPublic, timeoutMs = TIMEOUT_MS }: Deps = {}) {
  /** Null: not to be asked. */
  async function addressFor(url: URL): Promise<string | null> {
    if (!/^https?:$/u.test(url.protocol) || url.username || url.password) return null;
    const host = url.hostname.replace(/^\[|\]$/gu, '');
    if (LOCAL_NAME.test(host)) return null;
    const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
    const addresses = ipaddr.isValid(host) ? [host] : await resolve(host);
    // One private address among public ones is a trick.
    return addresses.length > 0 && addresses.every((address) => permits(address, port)) ? (addresses[0] as string) : null;
  }

  async function ask(url: URL, address: string, signal: AbortSignal) {
    const family = ipaddr.parse(address).kind() === 'ipv6' ? 6 : 4;
    const agent = new Agent({
      connect: {
        lookup: (_host, options, done) => (options.all ? done(null, [{ address, family }]) : done(null, address, family)),
      },
      pipelining: 0,
    });
    try {
      const headers = { 'user-agent': USER_AGENT, accept: 'text/html,*/*;q=0.5', 'accept-encoding': 'gzip, br' };
      const response = await request(url, { dispatcher: agent, method: 'GET', signal, headers });
      const parts: Buffer[] = [];
      let size = 0;
      for await (const part of response.body) {
        size += (part as Buffer).length;
        if (size > MAX_BYTES) return 'too_large';
        parts.push(part as Buffer);
      }
      const header = (name: string): string => [response.headers[name]].flat()[0] ?? '';
      return { status: response.statusCode, header, body: await decoded(Buffer.concat(parts), header('content-encoding')) };
    } finally {
      await agent.destroy();
    }
  }

  return async function fetchPublic(wanted: string, stop?: AbortSignal): Promise<PublicPage | PublicFetchFailure> {
    const late = AbortSignal.timeout(timeoutMs);
    const signal = stop ? AbortSignal.any([late, stop]) : late;
    try {
      let url = new URL(wanted);
      for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
        const address = await addressFor(url);
        if (address === null) return { ok: false, reason: 'forbidden_address' };
        const answer = await ask(url, address, signal);
        if (answer === 'too_large') return { ok: false, reason: 'too_large' };
        const { status, header, body } = answer;
        const next = status >= 300 && status < 400 ? header('location') : '';
        if (next === '') return { ok: true, url: url.href, status, contentType: header('content-type'), body };
        url = new URL(next, url);
      }
      return { ok: false, reason: 'bad_answer' };
    } catch {
      return { ok: false, reason: 'unreachable' };
    }
  };
}

export type PublicFetch = ReturnType<typeof createPublicFetch>;

const decoded = async (body: Buffer, encoding: string): Promise<Buffer> =>
  DECODERS[encoding] ? DECODERS[encoding](body, { maxOutputLength: MAX_BYTES }) : body;
