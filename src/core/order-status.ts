import { foldUzbek } from './uzbek.ts';

// Compared folded (core/uzbek): Cyrillic in Latin letters, x as h, q as k, ye and yo as e.

const OWN =
  /\b(?:buyurtma(?:m|miz|mni|mizni|mning|larim)|zakaz(?:im|imiz|imni|lar?im)|posilka(?:m|miz)|tovarim|mo(?:y|ego|emu|ya|e|eu|im|ih) (?:zakaz|posilk|tovar|tort)\w*|nash(?:ego)? zakaz\w*|zakaz (?:nomer|no|n)? ?\d+|(?:my|our) (?:order|parcel|package|delivery|cake|food)|(?:kuryer|kurer)(?:ingiz|inglar)?|courier)\b/;
const WHERE_IS_IT =
  /\b(?:kachon|kayerda|kaerda|kani|holati|kelad\w*|kelyapti|kelayapti|etib|yetib|chikdimi|tayer\w*|kolgan|kold\w*|gde|kogda|gotov\w*|statu\w*|otsled\w*|edet|pridet|privezut|dostavyat|where|when|arriv\w*|track\w*|ready|long)\b/;
const OTHER_MATTER = /\b(?:narh\w*|necha|kancha pul|stoit|skolko stoit|price|cost|ishga|vakansi\w*|rabot\w*|job)\b/;

/** "Where is my order?": only people know. */
export function asksOrderStatus(text: string): boolean {
  const said = (foldUzbek(text.normalize('NFKC').toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MOST_WORDS).join(' ');
  return OWN.test(said) && WHERE_IS_IT.test(said) && !OTHER_MATTER.test(said);
}

const MOST_WORDS = 40;
