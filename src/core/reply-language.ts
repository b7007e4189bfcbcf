import { readLanguage } from './detect-language.ts';
import { DEFAULT_LANGUAGE, REPLY_LANGUAGES, type ReplyLanguage } from './languages.ts';

// So many clear words change the language of a conversation, or one in a sentence of so many words.
const CLEAR_WORDS = 2;
const SENTENCE_WORDS = 3;
const CYRILLIC_LETTERS = 3;

/** `market`: nothing told, so it is the first market's. */
export type LanguageWhy = 'chosen' | 'message' | 'before' | 'platform' | 'market';

export const replyLanguage = (given: Parameters<typeof chooseReplyLanguage>[0]): ReplyLanguage =>
  chooseReplyLanguage(given).language;

/**
 * In this order: /language, the current message, earlier messages, the platform's hint, the first market's language.
 * The language of earlier messages holds until a message clearly shows another: a word or two may be loans.
 */
export function chooseReplyLanguage({
  text,
  known,
  chosen,
  platformLanguage,
}: {
  text: string;
  known: ReplyLanguage | null;
  chosen: boolean;
  platformLanguage: string | null;
}): { language: ReplyLanguage; why: LanguageWhy } {
  if (chosen && known) return { language: known, why: 'chosen' };
  const code = platformLanguage?.toLowerCase().split(/[-_]/, 1)[0];
  const { language, clearWords, words } = readLanguage(text);
  // The script is a sign of its own.
  const isOtherScript = known?.startsWith('uz') === true && language?.startsWith('uz') === true && words >= CLEAR_WORDS;
  const isClear =
    clearWords >= CLEAR_WORDS ||
    (clearWords > 0 && isOtherScript) ||
    (words >= SENTENCE_WORDS && (clearWords > 0 || language === 'ru'));
  if (language && !(known && !isClear)) return { language, why: 'message' };
  if (known) return { language: known, why: 'before' };
  return firstGuess(text, code);
}

/** "адрес" is a word of both: its letters decide when the platform's hint does not. */
function firstGuess(text: string, code: string | undefined): { language: ReplyLanguage; why: LanguageWhy } {
  const hinted = REPLY_LANGUAGES.find((language) => language === code);
  const isCyrillic = (text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0) >= CYRILLIC_LETTERS;
  if (isCyrillic && hinted !== 'ru') return { language: hinted === 'uz' ? 'uz-Cyrl' : 'ru', why: 'message' };
  return hinted ? { language: hinted, why: 'platform' } : { language: DEFAULT_LANGUAGE, why: 'market' };
}
