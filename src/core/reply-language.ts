import { detectLanguage } from './detect-language.ts';
import { DEFAULT_LANGUAGE, REPLY_LANGUAGES, type ReplyLanguage } from './languages.ts';

/**
 * What a customer is answered in: what they chose by /language, else what they write now, else what they wrote before, else
 * what the platform says of them, else the first market's.
 */
export function replyLanguage({
  text,
  known,
  chosen,
  platformLanguage,
}: {
  text: string;
  known: ReplyLanguage | null;
  chosen: boolean;
  platformLanguage: string | null;
}): ReplyLanguage {
  if (chosen && known) return known;
  const code = platformLanguage?.toLowerCase().split(/[-_]/, 1)[0];
  return detectLanguage(text) ?? known ?? REPLY_LANGUAGES.find((language) => language === code) ?? DEFAULT_LANGUAGE;
}
