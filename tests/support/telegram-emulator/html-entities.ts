// Telegram's HTML mode, as strict as the server's own parser, with its words. Source: td/telegram/MessageEntity.cpp, do_parse_html
// and decode_html_entity; td/telegram/misc.cpp, clean_input_string (read 2026-11).
const TAGS = new Set('a b strong i em s strike del u ins tg-spoiler tg-emoji span pre code blockquote'.split(' '));
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' };
const KINDS: Record<string, string> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  u: 'underline',
  ins: 'underline',
  pre: 'pre',
  code: 'code',
  blockquote: 'blockquote',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
};

export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
}
export type ParsedText = { ok: true; text: string; entities: Entity[] } | { ok: false; description: string };

class Refusal extends Error {}

interface Tag {
  name: string;
  closes: boolean;
  attributes: Record<string, string>;
  end: number;
}

/** The text a reader sees with its entities, or the error the real server gives. Offsets of errors are bytes, as there. */
export function parseHtml(source: string): ParsedText {
  try {
    return { ok: true, ...parsed(source) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { ok: false, description: `Bad Request: can't parse entities: ${error.message}` };
  }
}

function parsed(source: string): { text: string; entities: Entity[] } {
  const open: { name: string; offset: number; attributes: Record<string, string> }[] = [];
  const entities: Entity[] = [];
  const pieces: string[] = [];
  let length = 0;
  const write = (text: string): void => {
    pieces.push(text);
    length += text.length;
  };
  for (let at = 0; at < source.length; ) {
    const special = /[&<]/g;
    special.lastIndex = at;
    const next = special.exec(source)?.index ?? source.length;
    write(source.slice(at, next));
    at = next;
    if (source[at] === '&') {
      const decoded = decodedAt(source, at);
      write(decoded?.char ?? '&');
      at += decoded?.length ?? 1;
    } else if (source[at] === '<') {
      const tag = tagAt(source, at);
      if (!tag.closes) open.push({ name: tag.name, offset: length, attributes: tag.attributes });
      else {
        const last = open.pop();
        if (!last) throw refusal('Unexpected end tag', source, at);
        if (tag.name !== '' && tag.name !== last.name)
          throw new Refusal(
            `Unmatched end tag at byte offset ${offsetOf(source, at)}, expected "</${last.name}>", found "</${tag.name}>"`,
          );
        const entity = { offset: last.offset, length: length - last.offset };
        if (entity.length > 0) entities.push(...entityOf(last, entity, pieces.join('').slice(last.offset)));
      }
      at = tag.end;
    }
  }
  const last = open.pop();
  if (last) throw new Refusal(`Can't find end tag corresponding to start tag "${last.name}"`);
  const text = pieces.join('');
  if (!text.isWellFormed()) throw new Refusal('Text contains invalid Unicode characters after decoding HTML entities');
  return { text, entities };
}

/** A link that is none is dropped, and its label stays. */
function entityOf(
  { name, attributes }: { name: string; attributes: Record<string, string> },
  place: { offset: number; length: number },
  label: string,
): Entity[] {
  if (name !== 'a') return [{ type: KINDS[name] ?? name, ...place }];
  const url = attributes['href'] || label;
  return /^(?:https?:\/\/)?[^\s/?#]+\.[^\s/?#]+/i.test(url) ? [{ type: 'text_link', ...place, url }] : [];
}

function tagAt(source: string, start: number): Tag {
  const closing = /<\/([^\s>]*)\s*/y;
  closing.lastIndex = start;
  const close = closing.exec(source);
  if (close) {
    const end = start + close[0].length;
    if (source[end] !== '>') throw refusal('Unclosed end tag', source, start);
    return { name: close[1] as string, closes: true, attributes: {}, end: end + 1 };
  }
  const named = /<([^\s>]*)/y;
  named.lastIndex = start;
  const name = (named.exec(source)?.[1] ?? '').toLowerCase();
  let at = start + 1 + name.length;
  if (at >= source.length) throw refusal('Unclosed start tag', source, start);
  if (!TAGS.has(name)) throw refusal(`Unsupported start tag "${name}"`, source, start);
  const attributes: Record<string, string> = {};
  for (;;) {
    const space = /\s*/y;
    space.lastIndex = at;
    at += space.exec(source)?.[0].length ?? 0;
    if (source[at] === '>') break;
    const attribute = /([^\s=>]*)(\s*=\s*(?:"([^"]*)"|'([^']*)'|([\p{L}\d.-]+)(?=[\s>])))?/uy;
    attribute.lastIndex = at;
    const found = attribute.exec(source);
    if (!found?.[1]) throw refusal(`Empty attribute name in the tag "${name}"`, source, start);
    if (!found[2] && source[at + found[1].length] === '=') throw refusal('Unclosed start tag', source, start);
    attributes[found[1]] = (found[3] ?? found[4] ?? found[5] ?? '').replace(/&(?:#x?[\da-f]+|\w+);?/gi, (whole) => {
      const decoded = decodedAt(whole, 0);
      return decoded ? decoded.char + whole.slice(decoded.length) : whole;
    });
    at += found[0].length;
    if (at >= source.length) throw refusal(`Unclosed start tag "${name}"`, source, start);
  }
  if (name === 'span' && attributes['class'] !== 'tg-spoiler')
    throw refusal('Tag "span" must have class "tg-spoiler"', source, start);
  return { name, closes: false, attributes, end: at + 1 };
}

function decodedAt(source: string, at: number): { char: string; length: number } | null {
  const reference = /&(?:#(?:x([\da-f]+)|(\d+))|([a-z]+));?/iy;
  reference.lastIndex = at;
  const found = reference.exec(source);
  if (!found) return null;
  const [whole, hex, decimal, name] = found;
  if (name !== undefined) return NAMED[name] === undefined ? null : { char: NAMED[name], length: whole.length };
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (code === 0 || code >= 0x10_ff_ff || whole.replace(';', '').length >= 10) return null;
  return { char: String.fromCodePoint(code), length: whole.length };
}

const offsetOf = (source: string, index: number): number => Buffer.byteLength(source.slice(0, index));
const refusal = (why: string, source: string, index: number): Refusal =>
  new Refusal(`${why} at byte offset ${offsetOf(source, index)}`);

/** As a reader gets it: control characters become spaces, some marks are taken out, and the ends are trimmed. */
export const asDelivered = (text: string): string =>
  text
    .replaceAll('\r', '')
    .replace(/(?!\n)\p{Cc}/gu, ' ')
    .replace(/[\u2028-\u202e]|\u0333|\u033f|\u030a/g, '')
    .trim();

/** Whether nothing of it can be seen: the server refuses to send it. */
export const isInvisible = (text: string): boolean => /^[\s\u200b-\u200f\u202e\ufeff\u2060-\u2064]*$/u.test(text);
