import { foldUzbek } from './uzbek.ts';

const words = (text: string): ReadonlySet<string> => new Set(foldUzbek(text).split(/\s+/).filter(Boolean));

const NO =
  words(`no nope none nothing neither other others another else different not yoʻq yoq hech hechqaysi hechbiri emas boshqa
  boshqasi boshqacha birortasi нет неа ни не никакой никакое никакая ничего другое другой другая иное`);
const BESIDE = words(`of these them those it this that the one any an a i is my something mean meant question want need
  bu bular bulardan bularning bularni ulardan ularning biri birontasi qaysi qaysisi narsa savol savolim kerak menga nazarda tutmadim
  из этого этих них один одно одна то вопрос мне нужно надо это у меня что про а я`);
const MOST_WORDS = 6;

/** Whether the reply to "Did you mean …?" is that none of it was meant. */
export function declinesOffer(text: string): boolean {
  const said = foldUzbek(text.normalize('NFKC').toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? [];
  return (
    said.length > 0 &&
    said.length <= MOST_WORDS &&
    said.some((word) => NO.has(word)) &&
    said.every((word) => NO.has(word) || BESIDE.has(word))
  );
}
