import { ANSWER_STATUSES } from './answer-outcome.ts';

// What models leave around an answer: thoughts, tool calls, marks of their chat template, turns of an invented dialogue. Shapes
// from reports on gemini-cli, python-genai, livekit/agents and litellm (2025-2026).
const THINKING = 'think|thinking|thought|thoughts|reasoning|scratchpad|analysis|reflection|inner_monologue';
const THOUGHT_TAG = new RegExp(`[<[◁]\\|?(${THINKING})\\|?[>\\]▷][\\s\\S]*?(?:[<[◁]\\|?\\/\\|?\\1\\|?[>\\]▷]|$)`, 'gi');
const THOUGHT_END = new RegExp(`^[\\s\\S]*[<[◁]\\|?\\/\\|?(?:${THINKING})\\|?[>\\]▷]`, 'i');
const FINAL = 'final answer|final response|answer|response|javob|yakuniy javob|ответ|итоговый ответ';
const THOUGHT_PARAGRAPH = new RegExp(
  `^\\s*(?:\\**(?:thoughts?|thinking|thought process|reasoning|analysis|рассуждени[ея]|мысли|fikrlash|mulohaza)\\**\\s*:|(?:thought|thinking)[ \\t]*\\n)` +
    `[\\s\\S]*?(?:\\n\\s*\\n|\\n(?=\\s*\\**(?:${FINAL})\\**\\s*:)|$)`,
  'i',
);
const CALLS = /<(tool_call|tool_calls|function_call|function_calls|tool_code|tool_use)>[\s\S]*?(?:<\/\1>|$)/gi;
const TOOL_FENCE = /```(?:tool_code|tool_call|tool_outputs?|python)\b[\s\S]*?(?:```|$)/gi;
const TOOL_LINE = /^[ \t]*(?:tool_(?:code|call|output)s?\b|print\((?:\w+\.)?\w+\(|print\(["'].*\)\s*$|default_api\.\w+\().*$/gim;
const FENCE_LINE = /^[ \t]*```[\w-]*[ \t]*$/gm;
const WRAPPER = /<\/?(?:answer|response|output|final|final_answer|reply|message|result)>/gi;
const TEMPLATE =
  /(?:<\|channel\|>\s*)?(?:analysis|final|commentary)?<\|message\|>|<\|[a-z_]{1,30}\|>|<(?:start|end)_of_turn>|<\/?s>|<(?:bos|eos)>|\[\/?INST\]/gi;
const ROLE_LINE = /^\s*(?:assistant|model)[ \t]*\n/i;
const OTHER_TURN = /\n[ \t]*\**(?:customer|user|human)\**[ \t]*:[\s\S]*$/i;
const OUR_TURN =
  /^\s*\**(?:customer|user|human|mijoz|клиент|пользователь)\**[ \t]*:[\s\S]{0,2000}?\n[ \t]*\**(?:ai|bot|assistant|model)\**[ \t]*:/i;
const FIELDS = new RegExp(
  `\\n[ \\t]*["']?status["']?[ \\t]*[:=][ \\t]*["']?(?:${ANSWER_STATUSES.join('|')})["']?[ \\t]*,?` +
    `(?:\\n[ \\t]*["']?(?:used|missing)["']?[ \\t]*[:=][^\\n]*){0,3}\\s*$`,
  'i',
);
const TRAILING_JSON =
  /\{(?![^{}]{0,2000}"(?:answer|text|message|reply|response)")[^{}]{0,2000}"(?:status|used|missing)"[^{}]{0,2000}\}\s*$/;

export function withoutThoughts(text: string): string {
  let rest = text.replace(THOUGHT_TAG, '').replace(THOUGHT_END, '');
  while (THOUGHT_PARAGRAPH.test(rest)) rest = rest.replace(THOUGHT_PARAGRAPH, '');
  return rest;
}

export const withoutFences = (text: string): string =>
  text.replace(CALLS, '').replace(TOOL_FENCE, '').replace(TOOL_LINE, '').replace(FENCE_LINE, '').trim();

export const withoutTemplate = (text: string): string =>
  text.replace(TEMPLATE, '').replace(WRAPPER, '').replace(ROLE_LINE, '').replace(OUR_TURN, '').replace(OTHER_TURN, '');

/** Fields of the asked JSON that came as lines, or as an object behind the answer. */
export const withoutFields = (text: string): string => text.replace(TRAILING_JSON, '').replace(FIELDS, '');

/** Line breaks that were escaped twice. A path keeps its backslashes. */
export function withLineBreaks(text: string): string {
  const isEscaped = !text.includes('\n') && /\\n(?:\\n|[ \t]*[-*•\d]|.*\\n)/.test(text) && !/[a-z]:\\/i.test(text);
  return isEscaped ? text.replaceAll('\\n', '\n') : text;
}

const LONGEST_PERIODIC = 16_000;

/** "Somsa 9 750 soʻm Somsa 9 750 soʻm …" without an end of a sentence; a row of one character says nothing. */
export function withoutLoops(text: string): string {
  if (text.length > LONGEST_PERIODIC) return text;
  return text
    .replace(/(\S)\1{40,}/gu, '')
    .replace(/(?<!\S)(\S{1,40})(?:[\s,;]+\1){7,}(?!\S)/gu, '$1')
    .replace(/(?<!\S)(\S[^\n]{1,12}?)(?:[\s,;–—-]+\1){7,}(?!\S)/gu, '$1')
    .replace(/(?<!\S)(\S[^\n]{10,160}?)(?:[\s,;–—-]+\1){3,}[\s,;–—-]*/gu, '$1 ');
}
