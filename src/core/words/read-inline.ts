import { anchorAt, entityAt, type FoundTag, tagAt } from './html-in-markdown.ts';
import { linkTarget, says } from './link-target.ts';
import type { StyledWriter } from './styled-writer.ts';

/** Where something may begin. Addresses and user names keep their underscores and stars. */
const SPECIAL = /[\\`*_~[!<&]|(?<![\p{L}\p{N}])(?:https?:\/\/|www\.|t\.me\/|@)/giu;
const ADDRESS = /(?:https?:\/\/|www\.|t\.me\/)[^\s<>*`[\]]*[^\s<>*`[\].,;:!?'"»”)]|@\w+(?:\.\w+)*/iy;
const LINK =
  /!?\[([^[\]\n]{0,300})\]\([ \t]*<?((?:[^\s()<>]|\([^\s()<>]{0,200}\)){1,2000})>?(?:[ \t]+["'][^"'\n]{0,200}["'])?[ \t]*\)/y;
const AUTOLINK = /<((?:https?:\/\/|mailto:|tel:)[^\s<>]{1,2000}|[^\s<>@]{1,100}@[^\s<>@]{1,100}\.\w{2,10})>/iy;
const PUNCTUATION = /[!-/:-@[-`{-~]/;
const IS_WORD = /[\p{L}\p{N}]/u;
const IS_DIGIT = /\d/;
const IS_SPACE = /\s/;
/** Behind these a star or an underscore belongs to a path, a formula or a masked number. */
const NO_OPENING_AFTER = /[\\/@#=&%^$+.]/;
/** "_lola_" is a user name, "_Eslatma:_" is not. */
const USER_NAME = /^[a-z0-9._]+$/;
const STYLES: Record<string, 'bold' | 'italic' | 'strike' | 'code'> = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  s: 'strike',
  del: 'strike',
  strike: 'strike',
  code: 'code',
};
const BREAKS_LINE: readonly string[] = ['br', 'hr'];
const ENDS_LINE = /^(?:p|div|ul|ol|li|h\d|tr|table|blockquote|pre)$/;

/** Reads one line. */
export function readInline(line: string, writer: StyledWriter): void {
  let at = 0;
  while (at < line.length) {
    SPECIAL.lastIndex = at;
    const next = SPECIAL.exec(line)?.index ?? line.length;
    writer.write(line.slice(at, next));
    at = next;
    if (at < line.length) at += readAt(line, at, writer);
  }
}

/** Returns how many characters were read; at least one. */
function readAt(line: string, at: number, writer: StyledWriter): number {
  switch (line[at]) {
    case '\\':
      return readEscape(line, at, writer);
    case '`':
      return readCode(line, at, writer);
    case '*':
    case '_':
    case '~':
      return readRun(line, at, writer);
    case '[':
    case '!':
      return readLink(line, at, writer);
    case '<':
      return readTag(line, at, writer);
    case '&': {
      const entity = entityAt(line, at);
      writer.write(entity?.char ?? '&');
      return entity?.length ?? 1;
    }
    default: {
      const found = matchAt(ADDRESS, line, at)?.[0] ?? (line[at] as string);
      const address = found.endsWith('&amp') && line[at + found.length] === ';' ? `${found};` : found;
      writer.write(address.replace(/\\([_~.-])/g, '$1').replaceAll('&amp;', '&'));
      return address.length;
    }
  }
}

function matchAt(pattern: RegExp, line: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(line);
}

function readEscape(line: string, at: number, writer: StyledWriter): number {
  const next = line[at + 1] ?? '';
  const isEscape = next !== '' && PUNCTUATION.test(next);
  writer.write(isEscape ? next : '\\');
  return isEscape ? 2 : 1;
}

/** A backtick inside or at the end of a word is an apostrophe. */
function readCode(line: string, at: number, writer: StyledWriter): number {
  const length = runLength(line, at);
  const start = at + length;
  const close = line.indexOf('`', start);
  const inside = close < 0 ? '' : line.slice(start, close);
  const fits = inside !== '' && inside.trim() === inside && runLength(line, close) === length;
  if (!fits || IS_WORD.test(line[at - 1] ?? ' ') || IS_WORD.test(line[close + length] ?? ' ')) {
    writer.write('`'.repeat(length));
    return length;
  }
  writer.styled('code', inside);
  return close + length - at;
}

function runLength(line: string, at: number): number {
  let length = 1;
  while (line[at + length] === line[at]) length += 1;
  return length;
}

function readLink(line: string, at: number, writer: StyledWriter): number {
  const found = matchAt(LINK, line, at);
  if (found && writeLink(found[1] as string, found[2] as string, writer)) return found[0].length;
  writer.write(line[at] as string);
  return 1;
}

function writeLink(marked: string, target: string, writer: StyledWriter): boolean {
  const found = linkTarget(target);
  if (!found) return false;
  const { shown, url } = found;
  const label = marked
    .replace(/\*\*|__|`/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .trim();
  if (label === '' || says(label, shown)) writer.write(label === '' || label.length < shown.length ? shown : label);
  else if (url !== undefined && linkTarget(label) === null) writer.styled('link', label, url);
  else writer.write(shown === '' ? label : `${label} (${shown})`);
  return true;
}

function readTag(line: string, at: number, writer: StyledWriter): number {
  const automatic = matchAt(AUTOLINK, line, at);
  if (automatic) {
    const address = automatic[1] as string;
    writer.write(linkTarget(address)?.shown ?? address);
    return automatic[0].length;
  }
  const anchor = anchorAt(line, at);
  if (anchor && writeLink(anchor.label, anchor.target, writer)) return anchor.length;
  const tag = tagAt(line, at);
  if (tag) writeTag(tag, writer);
  else writer.write('<');
  return tag?.length ?? 1;
}

function writeTag({ name, closes }: FoundTag, writer: StyledWriter): void {
  const kind = STYLES[name];
  const mark = `<${kind}>`;
  if (BREAKS_LINE.includes(name)) writer.newline();
  else if (kind && closes) writer.close(mark);
  else if (kind && !writer.isOpen(mark)) writer.open(mark, '', kind);
  else if (closes && ENDS_LINE.test(name)) writer.lineEnd();
  else if (name === 'li' && !closes) writer.write('• ');
  else if (closes && /^t[dh]$/.test(name)) writer.write(' ');
}

function readRun(line: string, at: number, writer: StyledWriter): number {
  const char = line[at] as string;
  const run = runLength(line, at);
  const [before, after] = [line[at - 1] ?? ' ', line[at + run] ?? ' '];
  if (run > 3 || (char === '~' && run !== 2) || besideMask(line, at, run)) writer.write(char.repeat(run));
  else readMarks({ line, at, run, char, before, after }, writer);
  return run;
}

/** "8600 12** **** 1234". */
const besideMask = (line: string, at: number, run: number): boolean =>
  line.startsWith(' ****', at + run) || (at >= 5 && line.startsWith('**** ', at - 5));

interface Run {
  line: string;
  at: number;
  run: number;
  char: string;
  before: string;
  after: string;
}

function readMarks(found: Run, writer: StyledWriter): void {
  const { char, run } = found;
  let left = run;
  while (left > 0) {
    const size = markToClose(found, left, writer);
    if (size === 0) break;
    writer.close(char.repeat(size));
    left -= size;
  }
  if (left === 0) return;
  const mark = left === 3 ? [char.repeat(2), char] : [char.repeat(left)];
  const opens = mayOpen(found) && mark.every((one) => !writer.isOpen(one));
  if (opens) for (const one of mark) writer.open(one, one);
  else writer.write(char.repeat(left));
}

/** How long the mark is that this run closes; 0: none. */
function markToClose(found: Run, left: number, writer: StyledWriter): number {
  const { char } = found;
  const openedAt = (size: number): number => (size <= left ? (writer.openedAt(char.repeat(size)) ?? -1) : -1);
  const fits = (size: number): boolean =>
    openedAt(size) >= 0 && mayClose(found, size) && !(char === '_' && isUserName(char.repeat(size), writer));
  // The innermost first.
  const [inner, outer] = openedAt(1) > openedAt(2) ? [1, 2] : [2, 1];
  if (fits(inner)) return inner;
  return fits(outer) ? outer : 0;
}

const mayOpen = ({ before, after }: Run): boolean =>
  !IS_SPACE.test(after) && !IS_WORD.test(before) && !NO_OPENING_AFTER.test(before);

function mayClose({ line, at, run, char, before, after }: Run, size: number): boolean {
  // "**Somsa ** 9 750": a slip of the model.
  if (IS_SPACE.test(before)) return size === 2 && char === '*' && IS_SPACE.test(after) && at > 0;
  if (char !== '_') return !(IS_DIGIT.test(before) && IS_DIGIT.test(after));
  return !IS_WORD.test(after) && !(after === '.' && IS_WORD.test(line[at + run + 1] ?? ' '));
}

function isUserName(mark: string, writer: StyledWriter): boolean {
  const opened = writer.openedAt(mark);
  return opened !== undefined && USER_NAME.test(writer.shortlySince(opened));
}
