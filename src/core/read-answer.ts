import { ANSWER_STATUSES, type AnswerStatus } from './answer-outcome.ts';

export interface ReadAnswer {
  answer: string;
  status: AnswerStatus;
  /** Ids as the model wrote them; they may be unknown. */
  used: string[];
  missing: string;
  /** The JSON ends inside the answer. */
  cut?: boolean;
}

/** Field names in wrappers that models invent. */
const TEXT_FIELDS = [
  ...['answer', 'final_answer', 'finalanswer', 'answer_text', 'text', 'message', 'reply', 'response', 'content', 'output'],
  ...['action_input', 'reply_text', 'final', 'speech', 'javob', 'ответ'],
  ...['body', 'result', 'data', 'candidates', 'parts', 'choices', 'messages'],
];
/** Fields that stand beside the words. */
const NO_WORDS =
  /^(?:action|type|role|status|missing|used|language|lang|intent|name|tool|id|model|format|confidence|tone|thoughts?|thinking|reasoning|analysis)$/;
const MAX_DEPTH = 8;
const MAX_STARTS = 20;
const CUT_ANSWER = /"(?:final_)?(?:answer|text|message|reply|response|javob)"\s*:\s*"/i;
/** Almost JSON: quotes of the other kind, names without quotes, a comma too many. */
const LOOSE_ANSWER = /^\{\s*["']?(?:answer|text|message|reply|response)["']?\s*:\s*(["'])([\s\S]*?)(?<!\\)\1\s*[,}]/i;
const LOOSE_STATUS = /(?:^|[\s,{])["']?status["']?\s*[:=]\s*["']?(\w+)/i;
const EMPTY = /^(?:null|undefined|none|\{\s*\}|\[\s*\]|""|'')$/i;

/** Accepts JSON in a code fence, after thoughts, in a list, in another wrapper, as a string, cut off, and plain text. */
export function readStructuredAnswer(output: string): ReadAnswer {
  const text = output.trim();
  if (EMPTY.test(text)) return { answer: '', status: 'answered', used: [], missing: '' };
  return fromValue(jsonIn(text), 0) ?? fromLooseJson(text) ?? fromCutJson(text) ?? fromText(text);
}

/** Fields may stand behind the words, as lines or as an object. */
function fromText(text: string): ReadAnswer {
  const tail = text.slice(-500);
  const fields = /(?:^|\n)[ \t]*["'{][^\n]*status|\n[ \t]*status[ \t]*[:=]/i.test(tail)
    ? LOOSE_STATUS.exec(tail)?.[1]
    : undefined;
  return { answer: text, status: statusOf(fields) ?? 'answered', used: [], missing: '' };
}

function fromLooseJson(text: string): ReadAnswer | null {
  const found = LOOSE_ANSWER.exec(text);
  if (!found) return null;
  const answer = (found[2] as string).replaceAll('\\n', '\n').replace(/\\(["'\\/])/g, '$1');
  return { answer, status: statusOf(LOOSE_STATUS.exec(text.slice(found[0].length))?.[1]) ?? 'answered', used: [], missing: '' };
}

function jsonIn(text: string): unknown {
  const whole = parsed(text);
  if (typeof whole === 'object' || typeof whole === 'string') return whole;
  for (let from = text.search(/[{[]/), starts = 0; from >= 0 && starts < MAX_STARTS; starts += 1) {
    const found = balanced(text, from);
    const value = found === null ? undefined : parsed(found);
    // An object of fields alone stands beside the answer.
    const read = typeof value === 'object' ? fromValue(value, 0) : null;
    if (read && (read.answer !== '' || 'answer' in (value as object))) return value;
    const next = text.slice(from + 1).search(/[{[]/);
    from = next < 0 ? -1 : from + 1 + next;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function balanced(text: string, from: number): string | null {
  let depth = 0;
  let inString = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return text.slice(from, at + 1);
    }
  }
  return null;
}

function fromValue(value: unknown, depth: number): ReadAnswer | null {
  if (depth > MAX_DEPTH) return null;
  if (typeof value === 'string') {
    const inner = /^\s*[{["]/.test(value) ? fromValue(parsed(value.trim()), depth + 1) : null;
    return inner ?? (depth === 0 ? null : { answer: value, status: 'answered', used: [], missing: '' });
  }
  if (Array.isArray(value)) return fromList(value, depth);
  if (typeof value !== 'object' || value === null) return null;
  const fields = Object.fromEntries(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
  if (fields['thought'] === true) return null;
  const name =
    TEXT_FIELDS.find((field) => typeof fields[field] === 'string' || typeof fields[field] === 'object') ?? onlyText(fields);
  const words = name && fromValue(fields[name], depth + 1);
  const status = statusOf(fields['status']);
  if (!words) return status ? { answer: '', status, used: [], missing: textOf(fields['missing']) } : null;
  const own = name === 'answer' || fields['status'] !== undefined;
  return {
    answer: words.answer,
    status: own ? (status ?? words.status) : words.status,
    used: Array.isArray(fields['used']) ? fields['used'].filter((id) => typeof id === 'string') : words.used,
    missing: typeof fields['missing'] === 'string' ? textOf(fields['missing']) : words.missing,
  };
}

/** What is said last is the answer; earlier items are turns of the customer and thoughts. */
function fromList(list: unknown[], depth: number): ReadAnswer | null {
  const last = list.at(-1);
  if (typeof last === 'object') return fromValue(last, depth + 1);
  return depth > 0 && list.length === 1 ? fromValue(last, depth + 1) : null;
}

/** The field of an unknown name that alone can be the words. */
function onlyText(fields: Record<string, unknown>): string | undefined {
  const texts = Object.keys(fields).filter((name) => typeof fields[name] === 'string' && !NO_WORDS.test(name));
  return texts.length === 1 ? texts[0] : undefined;
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

const statusOf = (value: unknown): AnswerStatus | undefined =>
  typeof value === 'string' ? ANSWER_STATUSES.find((status) => status === value.trim().toLowerCase()) : undefined;

/** `{"answer": "Tort (1 kg) - 12`: reads the existing text. */
function fromCutJson(text: string): ReadAnswer | null {
  const start = /[{]/.test(text) ? CUT_ANSWER.exec(text) : null;
  if (!start) return null;
  const rest = text.slice(start.index + start[0].length);
  const words = /^(?:[^"\\]|\\.)*/s.exec(rest)?.[0] ?? '';
  const complete = words.replace(/\\u[0-9a-fA-F]{0,3}$|\\$/, '');
  const answer = parsed(`"${complete.replace(/[\n\r\t]/g, (character) => JSON.stringify(character).slice(1, -1))}"`);
  if (typeof answer !== 'string') return null;
  const isCut = !rest.slice(words.length).startsWith('"');
  return { answer, status: 'answered', used: [], missing: '', ...(isCut && { cut: true }) };
}
