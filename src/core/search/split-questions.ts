/** A message with more questions is searched as a whole. */
const MOST_QUESTIONS = 3;
const BETWEEN = /[?!.\n;]+|,|\s(?:va|hamda|yana|ва|ҳамда|хамда|и|а также|ещё|еще|and|also)\s/iu;

export function splitQuestions(text: string): string[] {
  const parts = text
    .split(BETWEEN)
    .map((part) => part.trim())
    .filter((part) => /\p{L}{2}/u.test(part));
  return parts.length >= 2 && parts.length <= MOST_QUESTIONS ? parts : [text];
}
