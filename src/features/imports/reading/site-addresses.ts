const NO_PAGE = /\.(?:jpe?g|png|gif|webp|svg|ico|css|js|mp[34]|avi|mov|zip|rar|7z|exe|apk|woff2?|ttf|xml|json|rss)$/iu;
const NO_CONTENT =
  /\/(?:cart|basket|login|signin|register|logout|wp-admin|admin|account|search|checkout|korzina|tag|feed)(?:\/|$)/iu;
const MAX_ADDRESS_CHARS = 500;

/** The address of a page of the same host, without what only counts visitors; null for anything else. */
export function pageAddress(link: string, of: URL): string | null {
  if (!URL.canParse(link, of.href)) return null;
  const url = new URL(link, of);
  if (url.host !== of.host || !/^https?:$/u.test(url.protocol)) return null;
  if (NO_PAGE.test(url.pathname) || NO_CONTENT.test(url.pathname) || url.href.length > MAX_ADDRESS_CHARS) return null;
  url.hash = '';
  for (const name of [...url.searchParams.keys()])
    if (/^(?:utm_|fbclid|gclid|yclid|sort|order|filter)/iu.test(name)) url.searchParams.delete(name);
  // A channel's older posts are its only other pages.
  if (url.hostname === 't.me' && !(url.pathname === of.pathname && url.searchParams.has('before'))) return null;
  return url.href;
}

export const sitemapAddresses = (xml: string): string[] =>
  [...xml.matchAll(/<loc>\s*(?:<!\[CDATA\[)?\s*(https?:\/\/[^<\]\s]{1,500})/giu)].map(([, address = '']) =>
    address.replaceAll('&amp;', '&'),
  );

/** The public page of a Telegram channel, whichever way it is named. */
export function telegramPage(address: string): string {
  const name = /^https?:\/\/(?:www\.)?(?:t\.me|telegram\.me)\/(?:s\/)?([a-z][\w]{3,31})\/?$/iu.exec(address)?.[1];
  return name ? `https://t.me/s/${name}` : address;
}

/** What an owner typed, as an address; null when it is none. */
export function typedAddress(typed: string): string | null {
  const handle = /^@([a-z]\w{3,31})$/iu.exec(typed)?.[1];
  const full = handle ? `https://t.me/s/${handle}` : /^[a-z]+:\/\//iu.test(typed) ? typed : `https://${typed}`;
  if (!URL.canParse(full) || /\s/u.test(typed)) return null;
  const url = new URL(full);
  if (!/^https?:$/u.test(url.protocol) || !/\.|:/u.test(url.hostname) || url.href.length > MAX_ADDRESS_CHARS) return null;
  url.hash = '';
  return telegramPage(url.href);
}
