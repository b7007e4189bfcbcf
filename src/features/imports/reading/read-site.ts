import { LRUCache } from 'lru-cache';
import robotsParser from 'robots-parser';
import type { PublicFetch, PublicPage } from '#platform/public-fetch.ts';
import type { ClaimedSource, ReadResult } from '../import.ts';
import { pageAddress, sitemapAddresses, telegramPage } from './site-addresses.ts';

const AGENT = 'BotFactory';
/** Between two pages of a host. */
const PACE_MS = 250;
const ROBOTS_LIVE_MS = 10 * 60_000;
const MOST_SITEMAPS = 5;

interface Deps {
  fetchPublic: PublicFetch;
  paceMs?: number;
}
/** Reads what was fetched, in the thread. */
type ReadBody = (name: string, body: Buffer, isPage: boolean) => Promise<ReadResult | null>;
interface Robots {
  isAllowed(url: string, agent: string): boolean | undefined;
  getSitemaps(): string[];
}
// Its types do not fit how Node imports it.
const parseRobots = robotsParser as unknown as (url: string, text: string) => Robots;

/** Reads one page, and names the pages of the same host that it leads to. */
export function createReadSite({ fetchPublic, paceMs = PACE_MS }: Deps) {
  const robots = new LRUCache<string, Robots>({ max: 200, ttl: ROBOTS_LIVE_MS });
  const readyAt = new LRUCache<string, number>({ max: 1_000 });

  async function politely(url: URL, signal: AbortSignal) {
    const wait = (readyAt.get(url.host) ?? 0) - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const answer = await fetchPublic(url.href, signal);
    readyAt.set(url.host, Date.now() + paceMs);
    return answer;
  }

  async function rulesOf(url: URL, signal: AbortSignal): Promise<Robots> {
    const known = robots.get(url.origin);
    if (known) return known;
    const address = new URL('/robots.txt', url).href;
    const answer = await fetchPublic(address, signal);
    const text = answer.ok && answer.status < 300 ? answer.body.toString('utf8').slice(0, 500_000) : '';
    const rules = parseRobots(address, text);
    robots.set(url.origin, rules);
    return rules;
  }

  /** Addresses of the site's maps, for its first page. */
  async function mapped(url: URL, rules: Robots, signal: AbortSignal): Promise<string[]> {
    const isOwn = (address: string): boolean => URL.canParse(address) && new URL(address).host === url.host;
    const maps = [...rules.getSitemaps(), new URL('/sitemap.xml', url).href].filter(isOwn);
    const found: string[] = [];
    for (let at = 0; at < Math.min(maps.length, MOST_SITEMAPS); at++) {
      const answer = await fetchPublic(maps[at] as string, signal);
      if (!answer.ok || answer.status >= 300) continue;
      for (const address of sitemapAddresses(answer.body.toString('utf8')).filter(isOwn))
        (/\.xml(?:\.gz)?$/iu.test(address) ? maps : found).push(address);
    }
    return found;
  }

  return async function readSite(source: ClaimedSource, signal: AbortSignal, readBody: ReadBody): Promise<ReadResult | null> {
    const url = new URL(telegramPage(source.name));
    const rules = await rulesOf(url, signal);
    if (rules.isAllowed(url.href, AGENT) === false) return { ok: false, reason: 'not_allowed' };
    const answer = await politely(url, signal);
    if (signal.aborted) return null;
    if (!answer.ok) return answer;
    if (answer.status >= 400 || !isSameSite(answer, url)) return { ok: false, reason: 'bad_answer' };
    const isPage = /html/iu.test(answer.contentType);
    const result = await readBody(source.name, answer.body, isPage);
    if (!result) return null;
    const maps = source.kind === 'site' ? await mapped(url, rules, signal) : [];
    const links = [...(result.ok ? (result.links ?? []) : []), ...maps].flatMap(
      (link) => pageAddress(link, new URL(answer.url)) ?? [],
    );
    const allowed = [...new Set(links)].filter((link) => rules.isAllowed(link, AGENT) !== false);
    // A page without words may still lead to others.
    if (!result.ok) return allowed.length > 0 ? { ok: true, drafts: [], links: allowed } : result;
    return { ...result, links: allowed };
  };
}

/** A redirect may add or drop www, and nothing else. */
const isSameSite = (answer: PublicPage, url: URL): boolean => bare(new URL(answer.url).hostname) === bare(url.hostname);
const bare = (host: string): string => host.replace(/^www\./u, '');
