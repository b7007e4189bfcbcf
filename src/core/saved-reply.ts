import type { ReplyLanguage } from './languages.ts';
import { cyrillicToLatin, latinToCyrillic } from './uzbek-script.ts';

export type SavedTexts = Partial<Record<ReplyLanguage, string>>;

/** Stands for the customer's name. */
export const NAME_MARK = '{name}';

const FALLBACKS: ReplyLanguage[] = ['uz', 'ru', 'en', 'uz-Cyrl'];
const TRANSLITERATED: Partial<Record<ReplyLanguage, { from: ReplyLanguage; by: (text: string) => string }>> = {
  uz: { from: 'uz-Cyrl', by: cyrillicToLatin },
  'uz-Cyrl': { from: 'uz', by: latinToCyrillic },
};

/** The text for a customer. A missing script of Uzbek is made from the other; a missing language is replaced by one that is there. */
export function savedReplyFor(texts: SavedTexts, language: ReplyLanguage | null, name: string | null): string {
  return withName((language && inLanguage(texts, language)) || firstOf(texts), name);
}

function inLanguage(texts: SavedTexts, language: ReplyLanguage): string | undefined {
  if (texts[language]) return texts[language];
  const other = TRANSLITERATED[language];
  return other && texts[other.from]?.split(NAME_MARK).map(other.by).join(NAME_MARK);
}

const firstOf = (texts: SavedTexts): string => texts[FALLBACKS.find((language) => texts[language]) ?? 'uz'] ?? '';

/** Without a name the mark goes, together with the comma or space before it. */
function withName(text: string, name: string | null): string {
  if (name) return text.replaceAll(NAME_MARK, () => name);
  return text.replaceAll(/[,\s]*\{name\}/g, '').replace(/^[\s,!.]+/, '');
}
