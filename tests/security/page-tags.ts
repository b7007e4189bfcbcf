// Reads a page's tags strictly: what a browser would see as markup and we did not mean shows up here.

export interface Tag {
  name: string;
  attributes: Record<string, string | true>;
}

const ATTRIBUTE = /\s+([^\s"'<>/=]+)(?:="([^"]*)")?/g;
const TAG = /<([a-zA-Z][\w-]*)((?:\s+[^\s"'<>/=]+(?:="[^"]*")?)*)\s*\/?>/y;

const decoded = (text: string): string =>
  text
    .replace(/&#39;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/** Every opening tag. @throws where a tag begins that is not written as ours are: something got out of its text or attribute. */
export function tagsOf(html: string): Tag[] {
  const tags: Tag[] = [];
  for (let at = html.search(/<[a-zA-Z]/); at >= 0; at = nextTag(html, at)) {
    TAG.lastIndex = at;
    const found = TAG.exec(html);
    if (!found) throw new Error(`odd markup: ${html.slice(at, at + 200)}`);
    const attributes: Tag['attributes'] = {};
    for (const [, name = '', value] of (found[2] ?? '').matchAll(ATTRIBUTE)) {
      attributes[name.toLowerCase()] = value === undefined ? true : decoded(value);
    }
    tags.push({ name: (found[1] as string).toLowerCase(), attributes });
    at += found[0].length - 1;
  }
  return tags;
}

function nextTag(html: string, from: number): number {
  const at = html.slice(from + 1).search(/<[a-zA-Z]/);
  return at < 0 ? -1 : from + 1 + at;
}

const ADDRESSES = ['href', 'src', 'action', 'formaction', 'poster', 'data', 'srcset', 'xlink:href'];

/** An icon of our sprite, or a part of a chart, has a class and is hidden from screen readers; beside these it has a viewBox at most. */
const isPicture = (name: string, { class: classes, 'aria-hidden': hidden, ...others }: Tag['attributes']): boolean =>
  name === 'svg' &&
  /^(?:icon|chart__\w+)\b/.test(String(classes)) &&
  hidden === 'true' &&
  Object.keys(others).every((attribute) => ['viewbox', 'preserveaspectratio'].includes(attribute));

/** What in the page could run or lead away: empty when all is well. */
export function dangersIn(html: string, { allowed = [] as RegExp[] } = {}): string[] {
  return tagsOf(html).flatMap(({ name, attributes }) => [
    ...(name === 'script' && !/^\/(?:js|assets\/vendor)\//.test(String(attributes['src'] ?? '')) ? ['an inline script'] : []),
    ...(/^(iframe|object|embed|base|svg|math|style|template-x)$/.test(name) && !isPicture(name, attributes) ? [`<${name}>`] : []),
    ...Object.keys(attributes).filter((attribute) => /^on|^style$|^srcdoc$/.test(attribute)),
    ...ADDRESSES.map((attribute) => attributes[attribute]).filter(
      (value): value is string =>
        typeof value === 'string' && !/^(?:\/(?![/\\])|#|\?|$)/.test(value) && !allowed.some((ok) => ok.test(value)),
    ),
  ]);
}
