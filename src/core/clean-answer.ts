import {
  withLineBreaks,
  withoutFences,
  withoutFields,
  withoutLoops,
  withoutTemplate,
  withoutThoughts,
} from './model-leftovers.ts';
import { readStructuredAnswer } from './read-answer.ts';

export interface CleanOptions {
  /** A label before the answer: `**Oltin Non:** …`. */
  botName?: string;
  /** Lines of the answer that repeat an instruction are removed. */
  instructions?: readonly string[];
}

const INVISIBLE =
  /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad\u180e\u115f\u1160\u3164\uffa0\u2800]|(?![\n\t])\p{Cc}/gu;
/** Parts of the prompt that say nothing to the customer. */
const TOLD = /<(owner|facts|quoted)\b[^>\n]{0,200}>[\s\S]*?<\/\1>/gi;
/** Knowledge that is repeated in front of the answer. */
const REPEATED = /<(knowledge|entry)\b[^>\n]{0,200}>[\s\S]*?<\/\1>/gi;
const MARK = /<\/?(?:entry|knowledge|owner|facts|quoted)\b[^>\n]{0,200}>/gi;
const CITATION = /[ \t]?[[(【](?:entry\s+)?e\d{1,3}(?:\s*,\s*(?:entry\s+)?e\d{1,3})*[\])】]/g;
const LATER = /\[\d+ (?:hours|days) later\]\s*/g;
const NUMBERED = / \[\d{1,2}\](?=[.,!?;:]|[ \t]*(?:\n|$))/g;
const LABELS =
  'ai|bot|assistant|model|answer|response|final answer|final response|(?:ai|bot) javobi|yakuniy javob|итоговый ответ|' +
  'бот|ассистент|ответ|javob|yordamchi|жавоб|ёрдамчи';
/** An answer has a letter, a number or an emoji. */
const SAYS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}]/u;
const NOTHING = /^(?:null|undefined|none|nan|n\/a)\.?$/i;
/** Shorter lines may match by chance. */
const LEAST_INSTRUCTION_CHARS = 25;
/** Longer sentences are never repeated on purpose. */
const LEAST_REPEAT_CHARS = 25;

const MAX_ROUNDS = 5;

/** Empty when nothing is left. */
export function cleanAnswer(text: string, options: CleanOptions = {}): string {
  let cleaned = text;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const before = cleaned;
    cleaned = cleanOnce(before, options);
    if (cleaned === before) break;
  }
  return SAYS_SOMETHING.test(cleaned) && !NOTHING.test(cleaned) && !isJson(cleaned) ? cleaned : '';
}

/** An object whose words are not found is for a program. */
function isJson(text: string): boolean {
  if (!/^\{[\s\S]*\}$|^\[\s*\{[\s\S]*\]$/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function cleanOnce(text: string, { botName = '', instructions = [] }: CleanOptions): string {
  const visible = text.replace(/\r\n?/g, '\n').replace(INVISIBLE, '').replaceAll('\u2028', '\n');
  const spoken = withoutTemplate(withoutThoughts(visible));
  const unwrapped = /^\s*(?:```\w*\s*)?[[{"]/.test(spoken) ? readStructuredAnswer(withoutFences(spoken)).answer : spoken;
  const plain = withLineBreaks(withoutFences(withoutFields(withoutPrompt(unwrapped))))
    .replace(MARK, '')
    .replace(CITATION, '')
    .replace(NUMBERED, '')
    .replace(LATER, '');
  const answer = withoutLabels(withoutInstructions(plain, instructions), botName);
  return withoutQuotes(withoutLoops(withoutRepeats(tablesAsLines(answer))))
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** An entry alone is the answer; in front of other words it is only repeated. */
function withoutPrompt(text: string): string {
  if (!text.includes('<')) return text;
  const told = text.replace(TOLD, '');
  const behind = /^[\s\S]*<\/(?:knowledge|entry)>([\s\S]*)$/i.exec(told)?.[1] ?? '';
  return SAYS_SOMETHING.test(behind.replace(MARK, '')) ? told.replace(REPEATED, '') : told;
}

/** The whole lines of a cut answer, or its whole sentences when it has one line; may be empty. */
export function wholeLines(text: string): string {
  const lines = text.trimEnd().split('\n').slice(0, -1).join('\n').trimEnd();
  if (lines !== '') return lines;
  const sentences = /^[\s\S]*[.!?…](?=\s)/.exec(text)?.[0].trim() ?? '';
  // The number of a list is no sentence.
  return /^\d+[.)]$/.test(sentences) ? '' : sentences;
}

function withoutInstructions(text: string, instructions: readonly string[]): string {
  const isTold = (line: string): boolean => {
    if (line.length < LEAST_INSTRUCTION_CHARS) return false;
    const words = plainWords(line);
    return words.length >= LEAST_INSTRUCTION_CHARS && plainInstructions(instructions).some((told) => told.includes(words));
  };
  const lines = text.split('\n');
  return lines.some(isTold) ? lines.filter((line) => !isTold(line)).join('\n') : text;
}

/** Cached: they are the same for every answer. */
const plainInstructionsOf = new WeakMap<readonly string[], string[]>();

function plainInstructions(instructions: readonly string[]): string[] {
  const known = plainInstructionsOf.get(instructions) ?? instructions.map(plainWords);
  plainInstructionsOf.set(instructions, known);
  return known;
}

const plainWords = (text: string): string =>
  text
    .toLowerCase()
    .replace(/^[\s\-*•\d.)]+|[`*_]/g, '')
    .trim();

function withoutLabels(text: string, botName: string): string {
  if (!/[:#]/.test(text)) return text;
  const name = botName
    .replace(/\*+/g, ' ')
    .trim()
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  const names = `(?:${LABELS}${name && `|${name}`})`;
  const label = new RegExp(
    `^\\s*(?:#{1,6}[ \\t]*)?[*_[]*${names}[*_\\]]*\\s*:[*_]*\\s*|^\\s*#{1,6}[ \\t]*${names}[ \\t]*\\n`,
    'iu',
  );
  let rest = text;
  while (label.test(rest)) rest = rest.replace(label, '');
  return rest;
}

/** One pair of quotes around everything. */
function withoutQuotes(text: string): string {
  const [, inside = ''] = /^\s*(?:"([^"]+)"|“([^”]+)”)\s*$/.exec(text) ?? [];
  return inside === '' ? text : inside;
}

/** Two rows that are closed on both sides are a table without a line below its head too. */
const ROWS = /^[ \t]*\|[^|\n]+\|[^\n]*\|[ \t]*\n[ \t]*\|[^|\n]+\|[^\n]*\|[ \t]*$/m;

/** `| Non | 5 000 |` → `Non — 5 000`. */
function tablesAsLines(text: string): string {
  if (!/\|[ \t]*:?-{2,}|^[ \t]*:?-{2,}:?[ \t]*\|/m.test(text) && !ROWS.test(text)) return text;
  return text
    .split('\n')
    .filter((line) => !/^[ \t]*\|?(?:\s*:?-{2,}:?\s*\|)+\s*(?::?-{2,}:?)?\s*$/.test(line))
    .map((line) => (/^[ \t]*\|.*\|\s*$/.test(line) || (line.match(/ \| /g)?.length ?? 0) > 0 ? cellsOf(line) : line))
    .join('\n');
}

const cellsOf = (row: string): string =>
  row
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim())
    .filter(Boolean)
    .join(' — ');

function withoutRepeats(text: string): string {
  const said = new Set<string>();
  let before = '';
  const isNew = (sentence: string): boolean => {
    const words = sentence.trim().toLowerCase();
    const repeats = words.length > 1 && (words === before || (words.length >= LEAST_REPEAT_CHARS && said.has(words)));
    if (words === '') return true;
    before = words;
    said.add(words);
    return !repeats;
  };
  return text
    .split('\n')
    .map((line) => ({
      line,
      kept: line
        .split(/(?<=[.!?…])(?=\s)/u)
        .filter(isNew)
        .join(''),
    }))
    .filter(({ line, kept }) => line.trim() === '' || kept.trim() !== '')
    .map(({ kept }) => kept.trimEnd())
    .join('\n');
}
