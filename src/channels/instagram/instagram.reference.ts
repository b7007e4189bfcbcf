// What a message of Instagram is about. Source: META instagram-messaging/webhooks (shares, reply_to, referral; 2026-11).
import type { Reference } from '#core/reference.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../meta/json.ts';

const SHARES: Record<string, Reference['kind']> = {
  ig_post: 'post',
  post: 'post',
  share: 'post',
  ig_reel: 'post',
  reel: 'post',
  ig_story: 'story',
  fallback: 'post',
  template: 'product',
};

/** What an attachment shares: its caption and its link. The pictures of Meta's CDN are gone after days, so they are not linked. */
export function sharedOf(type: string, payload: JsonObject): Reference | null {
  const kind = SHARES[type];
  if (!kind) return null;
  const titles = [payload, ...elementsOf(payload)].flatMap((one) => [textOf(one['title']), textOf(one['subtitle'])]);
  const links = [payload['link'], payload['url']].map(textOf);
  return { kind, text: linesOf([...titles, links.find(isLasting)]) };
}

/** What the message answers, or the advertisement it came from. Null: nothing. */
export function referenceOf(message: JsonObject): Reference | null {
  const { story, mid } = objectOf(message['reply_to']);
  const externalId = textOf(mid);
  if (externalId) return { kind: 'message', text: '', externalId };
  if (story !== undefined) return { kind: 'story', text: linesOf([textOf(objectOf(story)['title'])]) };
  return adOf(objectOf(message['referral']));
}

/** An advertisement, or a product of the shop that the chat was opened from. */
export function adOf(referral: JsonObject): Reference | null {
  const ad = objectOf(referral['ads_context_data']);
  const product = objectOf(referral['product']);
  const text = linesOf([textOf(ad['ad_title']) ?? textOf(referral['headline']), textOf(referral['body'])]);
  if (text) return { kind: 'ad', text };
  const name = textOf(product['title']) ?? textOf(product['name']);
  return name ? { kind: 'product', text: name } : null;
}

/** Products of a shop, and cards. */
const elementsOf = (payload: JsonObject): JsonObject[] =>
  ['product', 'generic'].flatMap((name) => objectsOf(objectOf(payload[name])['elements']));

const isLasting = (url: string | undefined): boolean =>
  url !== undefined && /^https:\/\/(?!lookaside\.|[\w.-]*(?:fbcdn\.net|cdninstagram\.com|fbsbx\.com))/i.test(url);

const linesOf = (lines: (string | undefined)[]): string => lines.filter(Boolean).join('\n');
