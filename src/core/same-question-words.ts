// The words that core/same-question knows beyond the lexicon of the search. Patterns are of folded words.
import { tokenize } from './search/tokenize.ts';

/** Of one notion for the search, yet another question. Folded beginnings of words. */
export const FINER: readonly [detail: string, words: RegExp][] = [
  ['#card', /^(?:kart[aiuoey]|kartoch|card|plastik|uzcard|humo|visa)/],
  ['#cash', /^(?:nakd|nalich|cash)/],
  ['#transfer', /^(?:perechisl|otkazm|perevod)/],
  ['#click', /^click|^klik/],
  ['#payme', /^paym/],
  ['#cashback', /^(?:keshbe|kesbek|cashback)/],
  ['#bonus', /^bonus/],
  ['#telegram', /^telegr|^telega/],
  ['#instagram', /^instagr|^insta$/],
  ['#boys', /^(?:ogil|malchik|boys?$)/],
  ['#girls', /^(?:kiz|devoch|girl)/],
  ['#breakfast', /^(?:nonusht|zavtrak|breakfast)/],
  ['#lunch', /^(?:tushlik|obed|lunch)/],
  ['#dinner', /^(?:ujin|dinner)/],
  ['#metro', /^(?:metro|subway)/],
  ['#open', /^(?:och(?:il|as|ik|ad|ish)|otkri|otkro|open)/],
  ['#close', /^(?:epi|epa|yopi|yopa|zakri|zakro|clos|skolki|necha?gacha|nechi?gacha|nechchigacha|until)/],
  ['#tomorrow', /^(?:ertaga|zavtra|tomorrow)/],
  ['#white', /^(?:oppok|bel(?:iy|aya|oe|ie|ogo|uyu)$|white)/],
  ['#change', /^(?:almash|obmen|exchange|zamen)/],
];

/** Beyond the lexicon of the search. */
export const ALSO: readonly [notions: readonly string[], words: RegExp][] = [
  [['#booking'], /^zabron/],
  [['#duration'], /^mesya/],
];
export const PLACES: readonly [name: string, words: RegExp][] = [
  ['uzbekistan', /^[ou]zb[ei]k[ei]st[ao]n/],
  ['fargona', /^f[ae]rg[ao]n/],
  ['horazm', /^hor[ae]zm/],
  ['kashkadaryo', /^kashkadar/],
  ['surhondaryo', /^surh[ao]ndar/],
];

/** Words that ask and say nothing of what. Folded. */
export const ASKS =
  /^(?:uznat|skajit|podskaj|hotel\w*|hochu|hotim|interesu\w*|mojno|mojete|vozmojn\w*|imee\w*|imeyut\w*|predostavl\w*|predlaga\w*|rabota\w+ li|bivaet|bivayut|est|li|vashe\w*|kak\w{1,3}|kakov\w*|kogda|gde|skolko|nado|pridetsya|available|availab\w*|there|anything|ask|asking|wonder\w*|possib\w*|currently|give|giving|get|work|works|info|information|informatsi\w*|malumot\w*|haqida|hakida|togrisida|haqidagi|bormikan|bormikin|bormidi|boladimi\w*|mavjud\w*|kilas\w*|kilyap\w*|kilin\w*|berila\w*|berasi\w*|berish\w*|bering\w*|olish\w*|olsa\w*|bilish\w*|sorash\w*|soramokchi\w*|sora\w*|boryapt\w*|yok\w*|yokmi|imkon\w*|mumkin\w*|sizlar\w*|sizlada|sizla|sizniki|kan\w{0,2}day|kanaka\w*|kanda\w{0,2}|nimada|narsa|hozirda|hozirgi|seychas|now|a|chi|kun|kuni|kunlar\w*|den|dni|day|days|dae\w*|dayot\w*|tovar\w*|mahsulot\w*|er|erda|shu|item|items|product\w*|raboti|kupit|buy|boylab|sotib\w*|kabul)$/;

/** How much: of a price, unless the word beside it says of what. */
export const HOW_MUCH = /^(?:skolko|skoko|skoka|pochem|kancha|kanchadan|kanchaga|necha|nechi|nech|nechpul|nechadan|much)$/;
export const MONEY = /^(?:pul|puldan|stoit|stoyat|som|sum|turadi|boladi|bolad|cost|costs|is|are|for|za)$/;

export const ONES = new Map<string, number>();
const NUMBERS: readonly [number, string][] = [
  [2, 'ikki ikkita икки иккита два две двух two'],
  [3, 'uch uchta учта три трех трёх three'],
  [4, 'tort toʻrt toʻrtta тўрт четыре четырех four'],
  [5, 'besh beshta беш пять пяти five'],
  [6, 'olti oltita олти шесть шести six'],
  [7, 'yetti yettita етти семь семи seven'],
  [8, 'sakkiz sakkizta саккиз восемь восьми eight'],
  [9, 'toʻqqiz toʻqqizta тўққиз девять девяти nine'],
  [10, 'oʻnta десять десяти ten'],
  [20, 'yigirma yigirmata двадцать twenty'],
  [30, 'oʻttiz тридцать thirty'],
  [40, 'qirq сорок forty'],
  [50, 'ellik пятьдесят fifty'],
  [100, 'yuzta сто hundred'],
];
for (const [value, words] of NUMBERS) for (const word of tokenize(words)) ONES.set(word, value);
/** Ordinary words too, so only before what is counted. */
export const COUNTING: ReadonlyMap<string, number> = new Map([
  ...['bir', 'bitta', 'odin', 'odna', 'odnu', 'odno', 'one'].map((word) => [word, 1] as const),
  ['on', 10],
  ['yuz', 100],
]);
export const COUNTED =
  /^(?:hona|kishi|oy|kun|kilo|kg|soat|yosh|dona|haft|yil|sinf|kurs|komnat|chelovek|chas|den|mesya|room|person|hour|day|month)/;
