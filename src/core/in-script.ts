import { detectLanguage } from './detect-language.ts';
import type { ReplyLanguage } from './languages.ts';
import { cyrillicToLatin, latinToCyrillic } from './uzbek-script.ts';

/** Names and loan words look English too; these words do not occur in Uzbek. */
const ENGLISH = /\b(?:the|and|are|you|your|for|with|our|this|that|from|have|will)\b/i;
/** This many words in a row in another language are a sentence, not loan words. */
const SENTENCE_WORDS = 4;

/** Converts Uzbek of the other script and nothing else. `context`: more of the same entry, to recognise a short line by. */
export function inScriptOf(language: ReplyLanguage, text: string, context = text): string {
  if (language === 'uz') return convert(text, context, 'uz-Cyrl', /\p{Script=Cyrillic}/u, cyrillicToLatin);
  if (language === 'uz-Cyrl') return convert(text, context, 'uz', /\p{Script=Latin}/u, latinToCyrillic);
  return text;
}

function convert(text: string, context: string, from: ReplyLanguage, letter: RegExp, toScript: (line: string) => string): string {
  if (!letter.test(text)) return text;
  const isUzbek = detectLanguage(context) === from;
  return text
    .split('\n')
    .map((line) => {
      const language = detectLanguage(line);
      const isForeign = (language === 'ru' || (language === 'en' && ENGLISH.test(line))) && wordCount(line) >= SENTENCE_WORDS;
      return language === from || (isUzbek && !isForeign) ? toScript(line) : line;
    })
    .join('\n');
}

const wordCount = (line: string): number => line.match(/\p{L}+/gu)?.length ?? 0;
