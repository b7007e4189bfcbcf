import { foldUzbek } from './uzbek.ts';

// Everything is compared folded (core/uzbek): Cyrillic in Latin letters, without apostrophes, x as h, q as k.

const COURTESY =
  /^(?:iltimos|pojaluysta|pojalusta|pls|please|plz|salom|zdravstvuyte|privet|hello|hi|men|meni|menga|mne|menya|me|my|ya|i|vi|siz|from|to|the|any|all|hochu|want|bolshe|boshka|endi|rahmat|spasibo|thanks|thank|you|ot|na|vse|vash\w*|your|again|kak|how|do|can|will)$/;
/** Enough alone. `bekor` is Uzbek for "cancel". */
const OUT =
  /^(?:stop|stopp|stopall|otpiska|otpisatsya|otpishi|otpishite|otpisivayus|otpisat|unsubscribe|unsub|optout|bekor|tohtat|tohtating)$/;
const IN = /^(?:start|startt|resume|unstop|optin|resubscribe|subscribe|vozobnovit|vozobnovite|podpisatsya|podpishite)$/;
/** To be left alone, as the whole message. */
const NO_MORE = /^(?:ne (?:pishi\w*|bespoko\w*)|yozmang\w*|ezmang\w*|bezovta kilmang\w*)$/;
/** What is sent to many. */
const MARKETING =
  /^(?:promo\w*|market\w*|reklam\w*|rassil\w*|habar\w*|soobsheni\w*|obuna\w*|podpisk\w*|aksiya\w*|aksi\w*|offers?|ads?|advert\w*|newsletters?|mailing\w*|messaging|texting|sending|subscriptions?|spam\w*|messages|updates|sms|eslatma\w*|uvedomleni\w*|bildirishnoma\w*)$/;
const END =
  /^(?:stop|end|cancel|tohtat(?!ma)\w*|prekrat\w*|ostanov\w*|otklyuch\w*|otmen\w*|otkaz\w*|bekor|uzing|yubormang\w*|yubormanglar|jonatmang\w*|yozmang\w*|ezmang\w*|chikaring|chikish|chikar\w*|hvatit|ubrat|uberi\w*|isklyuchi\w*|[ou]chiri\w*|remove|otpis\w*|unsubscribe|optout|no|dont|disable)$/;
const REFUSE =
  /\b(?:ne (?:prisilay\w*|prisilat|otpravlyay\w*|otpravlyat|shli\w*|pishi\w*|nado|nujn\w*|hochu|prihodil\w*)|kerak emas|kerakmas|istamayman|no more|not (?:want|send))\b/;
const AGAIN =
  /^(?:resume|restart|start|allow|enable|vozobnov\w*|vklyuch\w*|podpisat\w*|podpish\w*|kayta\w*|yana|yoking|davom|subscribe)$/;

const REMOVE_ME = /\b(?:remove|take|delete) me (?:from|off)\b|\b(?:uberi\w*|udali\w*|isklyuchi\w*) menya iz\b/;

// "Obunani bekor qilsam, pul qaytadimi?" asks.
const QUESTION = /\b(?:kancha|necha\w*|nima|kachon|skolko|kogda|pochemu|why|when|price|narh\w*)\b|(?<!rekla|ya|ka)mi\b|michi\b/;
const MOST_WORDS = 7;
const MOST_CHARS = 100;

/** A title of a button, a payload such as STOP_PROMOTIONS, or what a customer typed. True: no advertising. False: again. */
export function marketingChoice(text: string): boolean | null {
  if (text.length > MOST_CHARS || text.includes('?')) return null;
  const folded = foldUzbek(
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('_', ' ')
      .replace(/opt[- ](?=out|in)/g, 'opt'),
  );
  const words = folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length === 0 || words.length > MOST_WORDS || QUESTION.test(words.join(' '))) return null;
  const said = words.filter((word) => !COURTESY.test(word));
  if (said.length === 1 && OUT.test(said[0] as string)) return true;
  if (said.length === 1 && IN.test(said[0] as string)) return false;
  if (NO_MORE.test(said.join(' ')) || REMOVE_ME.test(folded)) return true;
  if (!words.some((word) => MARKETING.test(word))) return null;
  if (words.some((word) => END.test(word)) || REFUSE.test(words.join(' '))) return true;
  return words.some((word) => AGAIN.test(word)) ? false : null;
}
