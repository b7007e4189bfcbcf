/** Kept unchanged: placeholders, links, addresses, @names, /commands and tags. */
export const KEPT_TEXT =
  /\{\{[^}]*\}\}|https?:\/\/\S+|\S+@\S+\.\S+|@\w+|(?<![\p{L}\p{N}])\/\w+|\b(?:www\.)?[\w-]+\.(?:uz|com|org|net|me|io|ru)\b\S*|<[^>]*>/gu;

// Names without a letter that marks them as foreign; others are recognised by w, c without h, or capitals.
const NAMES = new Set(
  `adidas air airpods alif android apex apple beeline blender delivery dell dj e-mail email express ems emu eskimo fedex fifa gmail
  honda hp humo id imei ielts iherb ikea imo instagram intel iphone ipad jbl kia lenovo lg linux mail mastercard max mini mobi
  nike nissan note olx online one open oppo panasonic pay payme paynet paypal payoneer philips pinterest playstation poco pro
  redmi sat samsung sms sony spark spotify telegram terra tesla tiktok toefl topik trade-in true turbo uber ucell uicard ultra
  unipay usb uzmobile uzum vespa viber vip visa vivo whatsapp xiaomi yandex yandexgo youtube zara zoom lada nexia matiz malibu
  nivea loreal oriflame chevrolet mercedes hyundai toyota mobil gold smart plus premium vip wi-fi frontend backend python java
  php html css figma photoshop excel word power point corel autocad`.split(/\s+/),
);
/** Uzbek has a word with the same letters. */
const UZBEK_TOO = new Set([
  'max',
  'note',
  'one',
  'pay',
  'air',
  'true',
  'word',
  'plus',
  'mini',
  'sat',
  'id',
  'mail',
  'gold',
  'open',
]);

/** Names, models and abbreviations stay Latin in Cyrillic text: iPhone, Click, S23, 64GB, SMS. */
export function isForeignWord(word: string): boolean {
  if (/^\p{Lu}{1,3}\d|\d\p{Lu}{1,3}$/u.test(word)) return true;
  const letters = word.replace(/[^\p{L}-]/gu, '');
  if (/\p{Ll}\p{Lu}/u.test(letters)) return true;
  if (/^[A-Z]{2,5}$/.test(letters) && !/[AEIOU]/.test(letters)) return true;
  if (/^[B-TV-Z]$/.test(letters) && !/\d/.test(word)) return true;
  const lower = letters.toLowerCase();
  if (!/^[a-z-]+$/.test(lower)) return false;
  if (/w|c(?!h)|oo|ee|ph|th(?=[eori])/.test(lower)) return true;
  return NAMES.has(lower) && (!UZBEK_TOO.has(lower) || /^\p{Lu}/u.test(letters));
}
