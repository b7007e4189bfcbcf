// Telegram's HTML mode as far as answers use it: which tags exist, that they nest, and the server's words when they do not.
const TAGS = new Set([
  'b',
  'strong',
  'i',
  'em',
  'u',
  'ins',
  's',
  'strike',
  'del',
  'code',
  'pre',
  'a',
  'blockquote',
  'tg-spoiler',
  'span',
]);
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };

export type ParsedText = { ok: true; text: string } | { ok: false; description: string };

/** The text a reader sees, or the error the real server gives. Offsets are bytes, as there. */
export function parseHtml(source: string): ParsedText {
  const open: string[] = [];
  const pieces: string[] = [];
  let at = 0;
  const refuse = (why: string, index: number): ParsedText => ({
    ok: false,
    description: `Bad Request: can't parse entities: ${why} at byte offset ${Buffer.byteLength(source.slice(0, index))}`,
  });

  while (at < source.length) {
    if (source[at] !== '<') {
      const end = source.indexOf('<', at) < 0 ? source.length : source.indexOf('<', at);
      pieces.push(source.slice(at, end));
      at = end;
      continue;
    }
    const tag = /^<(\/?)([a-zA-Z][\w-]*)?((?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*>/.exec(source.slice(at));
    const name = tag?.[2]?.toLowerCase() ?? '';
    if (!tag) return refuse('Unclosed start tag', at);
    if (tag[1]) {
      const last = open.pop();
      if (!last) return refuse(`Unexpected end tag`, at);
      if (name && last !== name) return refuse(`Unmatched end tag, expected "</${last}>", found "</${name}>"`, at);
    } else {
      if (!TAGS.has(name)) return refuse(`Unsupported start tag "${name}"`, at);
      open.push(name);
    }
    at += tag[0].length;
  }
  const last = open.pop();
  if (last) {
    const description = `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "${last}"`;
    return { ok: false, description };
  }
  return { ok: true, text: pieces.join('').replace(/&(lt|gt|amp|quot|#\d+);/g, (_, name: string) => decode(name)) };
}

const decode = (name: string): string => NAMED[name] ?? String.fromCodePoint(Number(name.slice(1)));
