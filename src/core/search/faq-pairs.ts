const LEAST_PAIRS = 3;
const MAX_QUESTION_CHARS = 200;
/** The share of blocks between blank lines that must begin with a question. */
const LEAST_SHARE_OF_QUESTIONS = 0.4;

const isQuestion = (line: string): boolean => {
  const trimmed = line.trim();
  return trimmed.length <= MAX_QUESTION_CHARS && /\?\s*$|^(?:savol|вопрос|question|q)\s*[:.\d]/iu.test(trimmed);
};

/** Null for other texts. */
export function faqPairs(text: string): string[] | null {
  const blocks = text
    .split(/\n\s*\n/)
    .map((block) => block.trim())
    .filter((block) => block !== '');
  const asking = blocks.filter((block) => isQuestion(firstLine(block)) && block.includes('\n')).length;
  if (asking >= LEAST_PAIRS && asking / blocks.length >= LEAST_SHARE_OF_QUESTIONS) return blocks;
  return pairsByLine(text);
}

const firstLine = (block: string): string => block.split('\n', 1)[0] ?? '';

/** Without blank lines each question begins a pair. */
function pairsByLine(text: string): string[] | null {
  const pairs: string[] = [];
  let questions = 0;
  let answered = true;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const asks = isQuestion(line);
    if (pairs.length === 0 || (asks && answered)) pairs.push(line.trim());
    else pairs[pairs.length - 1] += `\n${line.trim()}`;
    if (asks) questions++;
    answered = !asks;
  }
  return questions >= LEAST_PAIRS && answered ? pairs : null;
}
