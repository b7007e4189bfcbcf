// The HTML that models leave in their answers. Only known tags and names: "<3" and "&uz;" are words.
const NAMED: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  mdash: '—',
  ndash: '–',
  hellip: '…',
  laquo: '«',
  raquo: '»',
  ldquo: '“',
  rdquo: '”',
  lsquo: '‘',
  rsquo: '’',
  bull: '•',
  middot: '·',
  times: '×',
  divide: '÷',
  minus: '−',
  plusmn: '±',
  deg: '°',
  copy: '©',
  reg: '®',
  trade: '™',
  euro: '€',
  rarr: '→',
  larr: '←',
  check: '✓',
  frac12: '½',
};
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,6}(?:12)?));/iy;
const TAG =
  /<(\/?)(b|strong|i|em|u|ins|s|del|strike|code|pre|br|hr|p|div|span|ul|ol|li|h[1-6]|a|table|thead|tbody|tr|td|th|small|sub|sup|blockquote|font|center)(?:\s[^<>]{0,300})?\s?\/?>/iy;
const ANCHOR = /<a\s[^<>]{0,200}?href\s*=\s*["']?([^"'\s<>]{1,2000})["']?[^<>]{0,200}>([^<>]{0,300})<\/a>/iy;

const at = (pattern: RegExp, text: string, place: number): RegExpExecArray | null => {
  pattern.lastIndex = place;
  return pattern.exec(text);
};

/** The character that a name such as `&mdash;` stands for, and how long the name is. */
export function entityAt(text: string, place: number): { char: string; length: number } | null {
  const found = at(ENTITY, text, place);
  if (!found) return null;
  const [whole, decimal, hex, name = ''] = found;
  const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : 0;
  const char = code > 0 ? charOf(code) : NAMED[name.toLowerCase()];
  return char === undefined ? null : { char, length: whole.length };
}

const charOf = (code: number): string | undefined =>
  code >= 32 && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff) ? String.fromCodePoint(code) : undefined;

export interface FoundTag {
  name: string;
  closes: boolean;
  length: number;
}

export function tagAt(text: string, place: number): FoundTag | null {
  const found = at(TAG, text, place);
  // "<a>" without an address is a name of something.
  if (/^<a>$/i.test(found?.[0] ?? '')) return null;
  return found && { name: (found[2] as string).toLowerCase(), closes: found[1] === '/', length: found[0].length };
}

export function anchorAt(text: string, place: number): { target: string; label: string; length: number } | null {
  const found = at(ANCHOR, text, place);
  return found && { target: found[1] as string, label: found[2] as string, length: found[0].length };
}
