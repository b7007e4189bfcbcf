import { datesIn, type NamedDate, ordinalWordsAsDigits } from './dates-in-text.ts';
import { numberWordsAsDigits } from './number-words.ts';
import { MULTIPLIER, times, toNumber, valuesOf } from './numbers-in-text.ts';

/** Something in a text that must be right. `readings`: its possible meanings ("1.500" is 1500 or 1.5); one of them is enough. */
export interface Claim {
  kind: 'amount' | 'phone' | 'time' | 'date' | 'link';
  /** Folded. */
  text: string;
  readings: Reading[];
}

export type Reading =
  | { number: number }
  | { percent: number }
  | { phone: string }
  /** Minutes since midnight. `loose`: a bare hour, which may also be a quantity. */
  | { minutes: number; loose: boolean }
  | { date: Omit<NamedDate, 'text'> }
  | { link: string };

export interface Claims {
  claims: Claim[];
  /** Small numbers without a unit: "3 ta", "2 kun". */
  small: number[];
}

const TLD = 'uz|ru|com|net|org|me|io|info|biz|shop|store|app|online|site|kz|tj|kg|tm|by|de|uk|us|eu|cc|ai|dev|co';
const URL = /https?:\/\/[^\s<>"'()]+/g;
const EMAIL = /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]{1,64}@[\p{L}\d-]{1,64}(?:\.[\p{L}\d-]{1,64}){1,8}/gu;
const DOMAIN = new RegExp(
  `(?<![\\p{L}\\d@.-])(?:[\\p{L}\\d-]{1,64}\\.){1,8}(?:${TLD})(?![\\p{L}\\d-])(?:\\/[^\\s<>"'(),]*)?`,
  'gu',
);
const HANDLE = /(?<![p{L}\d@.])@[a-z\d_.]{3,}/g;

const CARD = /(?<!\d)\d{4}(?:[ -]?\d{4}){3}(?!\d)/g;
const PHONE = new RegExp(
  [
    // +998 90 123-45-67
    '\\+ ?998(?:[ ().-]{0,2}\\d){9}(?!\\d)',
    // The numbers of other countries.
    '\\+ ?(?!998)\\d(?:[ ().-]{0,2}\\d){8,13}(?!\\d)',
    // 998 (90) 123 45 67, 8 90 123 45 67, 90 123 45 67, (71) 200-14-14
    '(?<![\\p{L}\\d.,])(?:998[ (.-]{0,2}|8[ (.-]{1,2})?\\(?\\d{2}\\)?[ .-]{0,2}\\d{3}[ .-]\\d{2}[ .-]\\d{2}(?![\\d])',
    // 90 1234567, 901234567, 998901234567
    '(?<![\\p{L}\\d.,])(?:998)?\\(?\\d{2}\\)?[ -]?\\d{7}(?!\\d)',
    // 901 23 45 67
    '(?<![\\p{L}\\d.,])\\d{3}[ -]\\d{2}[ -]\\d{2}[ -]\\d{2}(?!\\d)',
    // 200-14-14
    '(?<![\\p{L}\\d.,])\\d{3}[ -]\\d{2}[ -]\\d{2}(?![ -]?\\d)',
  ].join('|'),
  'gu',
);

const HOUR = '([01]?\\d|2[0-4])';
const CLOCK = new RegExp(`(?<![\\d:.,])${HOUR}\\s?[:⁚]\\s?([0-5]\\d)(?!\\d)(?:\\s*(am|pm)\\b)?`, 'g');
const HALF = new RegExp(`(?<![\\d])${HOUR}\\s{1,2}(?:yarim|ярим)`, 'g');
const PART =
  'kechki|kechqurun|tushdan keyin|кечки|кечқурун|вечера|дня|pm\\b|p\\.m\\.|ertalabki|ertalab|tonggi|эрталаб(?:ки)?|утра|ночи|tungi|am\\b|a\\.m\\.';
const HOUR_OF_DAY = new RegExp(
  `(?<![\\d:.,])${HOUR}\\s{0,2}(${PART})|(?:(${PART})\\s{1,2}(?:soat\\s{1,2}|соат\\s{1,2})?${HOUR}(?![\\d:]|[.,]\\d))`,
  'gu',
);
const EVENING = /kech|tushdan|кеч|вечер|дня|^p/;
const HOUR_RANGES = [
  new RegExp(
    `(?<![\\d:.,])${HOUR}\\s{0,2}-?\\s{0,2}(?:dan|дан)\\s{1,2}${HOUR}\\s{0,2}-?\\s{0,2}(?:gacha|гача|ga\\b|га(?![\\p{L}]))`,
    'gu',
  ),
  new RegExp(
    `(?<![\\p{L}])(?:с|from|between)\\s{1,2}${HOUR}\\s{1,2}(?:до|to|till|until|and)\\s{1,2}${HOUR}(?![\\d:]|[.,]\\d|\\s\\d{3})`,
    'gu',
  ),
];
const HOUR_ALONE = new RegExp(`(?<![\\p{L}])(?:soat(?:lar)?|соат(?:лар)?)\\s{1,2}${HOUR}(?![\\d:]|[.,]\\d|\\s\\d{3})`, 'gu');
/** A time, a day or a number: 18.00, 05.12, 1.50. */
const DOTTED = /(?<![\d.,:])(\d{1,2})[.-](\d{2})(?![\d]|[.,]\d| \d{3})/g;

const SPACED = '\\d{1,3}(?:[ .,]\\d{3}){1,4}(?![\\d])(?!\\p{L})(?! ?(?:gb|гб|tb|тб|mah)(?![\\p{L}]))';
const CURRENCY = 'som|сўм|сум|sum|uzs|usd|\\$|€|руб|₽|rub|dollar|доллар|euro|evro|евро|у\\.? ?е|y\\.? ?e(?![\\p{L}])';
const PERCENT = '%|foiz|фоиз|процент|percent';
const IS_PERCENT = new RegExp(PERCENT, 'u');
const NUMBER = new RegExp(
  `(?<![\\p{L}\\d]|\\d[.,])(\\$ ?)?(${SPACED}(?:[.,]\\d{1,2}(?!\\d))?|\\d+(?:[.,]\\d+)?)(?:\\s?(${MULTIPLIER})\\p{L}*\\.?)?(?:\\s?(${CURRENCY}|${PERCENT}))?`,
  'gu',
);
/** 30-40 ming, 350 va 900 ming: the first number has the second one's unit. */
const SHARED_UNIT = new RegExp(
  `^\\s*(?:-|/|,|va|ва|и|and|yoki|ёки|или|or|dan|дан|до|to)\\s*(?:до\\s*)?(?:${SPACED}|\\d+(?:[.,]\\d+)?)\\s?(?:(${MULTIPLIER})|(${CURRENCY}|${PERCENT}))`,
  'u',
);
/** 1 mln 200 ming */
const MILLIONS_AND_THOUSANDS =
  /(?<![\p{L}\d.,])(\d+) ?(?:mln|млн|mil+ion|миллион)\p{L}*\.?,? (\d{1,3}) ?(?:ming|минг|тыс)\p{L}*\.?/gu;
/** A number after such a name belongs to it: "iPhone 13 650 000". */
const MODEL_NAME =
  /(?:iphone|айфон|ayfon|redmi|note|poco|galaxy|samsung|honor|huawei|pixel|ipad|watch|airpods|pro|max|mini|realme|oppo|vivo|tecno|infinix|windows|xiaomi|mi|ps|xbox|№|no)\s$/u;
/** Smaller numbers are claims only with a unit. */
const LEAST_BARE = 100;
const MAX_MODEL_DIGITS = 2;

/** Replaces what was read, so that its neighbours do not join. */
const READ = '\u0000';

/** Ignores spaces, separators, apostrophes, dashes, case and number words. */
export function claimsIn(text: string): Claims {
  const claims: Claim[] = [];
  let rest = ordinalWordsAsDigits(numberWordsAsDigits(foldClaims(text))).replace(
    MILLIONS_AND_THOUSANDS,
    (_, millions: string, thousands: string) => String(Number(millions) * 1_000_000 + Number(thousands) * 1_000),
  );
  const take = (pattern: RegExp, read: (match: string[]) => Claim | null): void => {
    rest = rest.replace(pattern, (...args: unknown[]) => {
      const match = args.filter((part) => typeof part === 'string' || part === undefined).map((part) => (part ?? '') as string);
      const claim = read(match.slice(0, -1));
      if (claim) claims.push(claim);
      return claim ? READ : (match[0] as string);
    });
  };
  for (const pattern of [URL, EMAIL, DOMAIN, HANDLE]) take(pattern, ([link = '']) => linkClaim(link));
  take(CARD, ([card = '']) => ({ kind: 'phone', text: card, readings: [{ phone: digitsOf(card) }] }));
  take(PHONE, ([phone = '']) => phoneClaim(phone));
  const { dates, rest: undated } = datesIn(rest);
  rest = undated;
  for (const { text: words, ...date } of dates) claims.push({ kind: 'date', text: words, readings: [{ date }] });
  for (const claim of timesIn(take)) claims.push(claim);
  take(DOTTED, (match) => dottedClaim(match));
  const small: number[] = [];
  for (const match of rest.matchAll(NUMBER)) {
    const claim = amountClaim(match, rest);
    if (claim) claims.push(claim);
    else small.push(toNumber(match[2] as string));
  }
  return { claims, small };
}

const foldClaims = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ʻʼ'’‘`´ʹ]/g, '')
    .replace(/[‐‑‒–—−]/g, '-')
    .replace(/[^\S\n]/g, ' ')
    .replace(/[*~]|(?<![\p{L}\d])_+|_+(?![\p{L}\d])/gu, '');

const digitsOf = (text: string): string => text.replace(/\D/g, '');

function linkClaim(link: string): Claim {
  const bare = link
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/[.,;:!?)\]/]+$/, '')
    // One account has two spellings.
    .replace(/^(?:t\.me|telegram\.me|instagram\.com)\/@?([a-z\d_.]+)$/, '@$1');
  return { kind: 'link', text: link, readings: [{ link: bare }] };
}

/** By its last nine digits, with or without the country code. */
function phoneClaim(phone: string): Claim | null {
  const digits = digitsOf(phone);
  const readings: Reading[] = [{ phone: digits.length > 9 ? digits.slice(-9) : digits }];
  // 100000000 is a telephone number or a price.
  if (/^\d+$/.test(phone)) readings.push({ number: Number(digits) });
  // iPhone 11 2400000
  if (/^\d\d \d{7}$/.test(phone)) readings.push({ number: Number(digits.slice(2)) });
  return { kind: 'phone', text: phone, readings };
}

type Take = (pattern: RegExp, read: (match: string[]) => Claim | null) => void;

function timesIn(take: Take): Claim[] {
  const found: Claim[] = [];
  const time = (text: string, hour: number, minute: number, loose: boolean): Claim => ({
    kind: 'time',
    text: text.trim(),
    readings: [{ minutes: ((hour % 24) * 60 + minute) % 1440, loose }],
  });
  const inEvening = (hour: number, part: string): number => (EVENING.test(part) && hour < 12 ? hour + 12 : hour);
  take(CLOCK, ([text = '', hour, minute, half]) =>
    time(text, half === 'pm' ? inEvening(Number(hour), 'pm') : Number(hour), Number(minute), false),
  );
  take(HALF, ([text = '', hour]) => time(text, Number(hour), 30, false));
  take(HOUR_OF_DAY, ([text = '', hour, part, otherPart, otherHour]) =>
    time(text, inEvening(Number(hour || otherHour), part || otherPart || ''), 0, true),
  );
  for (const range of HOUR_RANGES)
    take(range, ([text = '', from, to]) => {
      found.push(time(text, Number(to), 0, true));
      return time(text, Number(from), 0, true);
    });
  take(HOUR_ALONE, ([text = '', hour]) => time(text, Number(hour), 0, true));
  return found;
}

function dottedClaim([text = '', first = '', second = '']: string[]): Claim | null {
  const [a, b] = [Number(first), Number(second)];
  const readings: Reading[] = [];
  if (b !== 0 || a > 24) readings.push({ number: Number(`${first}.${second}`) });
  if (a <= 24 && b < 60) readings.push({ minutes: (a * 60 + b) % 1440, loose: false });
  if (a >= 1 && a <= 31 && b >= 1 && b <= 12) readings.push({ date: { day: a, month: b, year: null } });
  // A range such as 10-20 claims nothing.
  const isRange = text.includes('-') && b % 5 !== 0;
  const isTimeOrDay = readings.some((reading) => !('number' in reading));
  return isTimeOrDay && !isRange ? { kind: 'time', text, readings } : null;
}

function amountClaim(match: RegExpMatchArray, text: string): Claim | null {
  const [whole, dollar = '', digits = '', multiplier = '', unit = ''] = match;
  const from = match.index ?? 0;
  const shared = multiplier || unit ? null : SHARED_UNIT.exec(text.slice(from + whole.length, from + whole.length + 60));
  const values = valuesOf(digits).flatMap((value) => {
    if (multiplier) return [times(value, multiplier)];
    return shared?.[1] ? [times(value, shared[1]), value] : [value];
  });
  const split = digits.indexOf(' ');
  if (split > 0 && split <= MAX_MODEL_DIGITS && MODEL_NAME.test(text.slice(Math.max(0, from - 12), from))) {
    const price = toNumber(digits.slice(split + 1));
    values.push(multiplier ? times(price, multiplier) : price);
  }
  const claimsSomething = dollar || multiplier || unit || shared || values.some((value) => value >= LEAST_BARE);
  if (!claimsSomething || values.every((value) => value === 0)) return null;
  const isPercent = IS_PERCENT.test(unit) || IS_PERCENT.test(shared?.[2] ?? '');
  const readings = values.map((value) => (isPercent ? { percent: value } : { number: value }));
  return { kind: 'amount', text: whole.trim(), readings };
}
