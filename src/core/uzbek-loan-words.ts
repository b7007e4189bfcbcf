// Prefixes of loan words whose ц, ь or щ the Latin script does not show, with their Cyrillic.
const BEGINNINGS = Object.entries({
  albom: 'альбом',
  aprel: 'апрель',
  budilnik: 'будильник',
  dekabr: 'декабрь',
  detal: 'деталь',
  dvigatel: 'двигатель',
  fakultet: 'факультет',
  fevral: 'февраль',
  film: 'фильм',
  iyul: 'июль',
  iyun: 'июнь',
  kalendar: 'календарь',
  kalkulyator: 'калькулятор',
  konferensiya: 'конференция',
  konsultatsiya: 'консультация',
  konsert: 'концерт',
  kvitansiya: 'квитанция',
  litsenziya: 'лицензия',
  litsey: 'лицей',
  medal: 'медаль',
  mebel: 'мебель',
  model: 'модель',
  multfilm: 'мультфильм',
  noyabr: 'ноябрь',
  oktabr: 'октябрь',
  oktyabr: 'октябрь',
  parol: 'пароль',
  pult: 'пульт',
  retsept: 'рецепт',
  sement: 'цемент',
  sentabr: 'сентябрь',
  sentyabr: 'сентябрь',
  sex: 'цех',
  sirk: 'цирк',
  spektakl: 'спектакль',
  stansiya: 'станция',
  uchitel: 'учитель',
  vermishel: 'вермишель',
  yanvar: 'январь',
});
/** "sexr" (magic) only looks like one. */
const OTHERS = /^sexr/;
/** A loan word may carry several endings. */
const ENDINGS =
  /^(?:ʼ?(?:lar|lari|imiz|ingiz|im|ing|i|si|ning|ni|ga|ka|qa|da|dan|dagi|gacha|mi|chi|li|siz|cha|mas|dir|miz|lik))*$/;

/** The Russian spelling; null for other words. */
export function loanWordToCyrillic(latin: string): string | null {
  const lower = latin.toLowerCase();
  const known = OTHERS.test(lower)
    ? undefined
    : BEGINNINGS.find(([beginning]) => lower.startsWith(beginning) && ENDINGS.test(lower.slice(beginning.length)));
  if (!known) return null;
  const [beginning, cyrillic] = known;
  const ending = lower.slice(beginning.length).replace(/sh|ch|[a-zʼ]/g, (letter) => ENDING_LETTERS[letter] ?? letter);
  // The soft sign is dropped before an ending: январь, январда.
  const stem = ending === '' ? cyrillic : cyrillic.replace(/ь$/, '');
  const word = stem + ending;
  return /^\p{Lu}/u.test(latin) ? word.charAt(0).toUpperCase() + word.slice(1) : word;
}

const ENDING_LETTERS: Record<string, string> = {
  a: 'а',
  c: 'с',
  ch: 'ч',
  d: 'д',
  g: 'г',
  i: 'и',
  k: 'к',
  l: 'л',
  m: 'м',
  n: 'н',
  q: 'қ',
  r: 'р',
  s: 'с',
  sh: 'ш',
  z: 'з',
  h: 'ҳ',
  ʼ: 'ъ',
};
