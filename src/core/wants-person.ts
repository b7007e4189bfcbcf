import { foldUzbek } from './uzbek.ts';

// Everything is compared folded (core/uzbek): Cyrillic in Latin letters, without apostrophes, x as h, q as k.

/** Who answers for a business; in any of the three languages, with any ending. */
const STAFF =
  /^(?:[oa]perato?r|menejer|menejr|menedjr|menedjer|meneger|admin|administrator|hodim|konsultant|mutahassis|rahbar|boshlig|direktor|sotrudnik|konsultant|spesialist|rukovoditel|nachalnik|agent|manager|representative|supervisor)/;
/** A department of people. */
const DEPARTMENT =
  /\b(?:customer|client) (?:service|support|care)\b|\b(?:slujb\w*|otdel\w*|s) podderjk\w*\b|\bsupport (?:kerak|please|pls|bilan)|\b(?:to|with|need) support\b|\b(?:call cente?r|koll? sentr)/;
/** Whom one talks to and asks for otherwise too. */
const SELLER = /^(?:sotuvchi|prodav(?:ets|s)|kassir|egasi|egangiz|hozyain|hozain|owner|boss)/;
/** Anybody alive. */
const ANYBODY =
  /^(?:odam|inson|kimdir|birov|chelovek|cheloveka|chelovekom|cheloveku|lyudi|lyudey|human|person|someone|somebody|kto)/;
const ALIVE = /^(?:jonli|tirik|jiv|real|live)/;
const MACHINE = /^(?:bot|botom|robot|robotom|avtootvet|mashina bilan)/;

/** Asks for a meeting: connect, call over, let me talk. Requests and wishes only: "ulaydimi" asks about the staff's work. */
const CONNECT =
  /^(?:ulang|ulab|ulay|ulasangiz|ulavor|bogla(?:ng|b|nmokchi|nay|nsam|ning|nsa|sangiz)|gaplash(?:mok|sam|ay|sa$|ish|tir)|suhbatlash|chakir(?:ing|ib|sangiz|inglar|ish$|$)|soedini|svyaji|svyajites|svyajetsya|pozov|pozvat|vizov|vizvat|priglasi|pereklyuchi|perevedi|pogovori|govorit|perevedite|poobshat|obshatsya|talk|speak|chat|connect|call$|transfer|contact|reach|through)/;
const ANSWER = /^(?:yozsin|ezsin|yozib|ezib|javob|bersin|otvetit|otvette|otvet|answer|pozvonit|yubor|kongirok|telefon)/;
const NEED =
  /^(?:kerak$|kerakedi|kere$|nujen|nujna|nujno|need|want|bormi|bering|beringlar|bervor|mojno|dayte|day$|est$|please|pls|pojaluysta|iltimos|give|get)/;

/** Of how many, for what work, of which network: then the word is no wish for a person. */
const COUNTED =
  /^(?:\d+|bir|ikki|uch|tort|besh|on|necha|nechta|kancha|skolko|odnogo|odin|dvuh|troih|per|one|two|many|kop|katta|boshiga|sigadi|na|dlya|uchun)$/;
const OTHER_MATTER =
  /^(?:panel\w*|stat|ish|ishga|ishi|ishla\w*|vakansi\w*|vacanc\w*|job|jobs|rabot\w*|kurs\w*|course|kurslar\w*|esim|sim|simka\w*|mobil\w*|internet\w*|beeline|ucell|tarif\w*|chegirma\w*|skidk\w*|discount|staj|stazh|tajriba\w*|gul\w*|svet\w*|musik\w*|musiqa\w*|muzik\w*|music|fish|balik|poluchaet|maosh|zarplat\w*|kerakmi|li|who|kakoy|kakogo|kakomu|kaysi|which|narh\w*|price|stoit|deliver|group|sovga|kitob\w*|igrushka)$/;

/** Of staff only: "хочу подарок человеку" wants a present. */
const WISH = /^(?:hochu|hotel\w*|hotim|hohlayman|istayman|istardim|wanna|bi)$/;
/** "Are you a human?" asks what the bot is. "You" folds to "eu". */
const ASKS_WHO = /\b(?:are eu|is this|is it|am i|ti|vi|siz|sen|eto|bu)\b|mi(?:siz|san)\b/;

const SWITCH =
  /\b(?:pereklyuchi\w*|perevedi\w*|pereved\w*) (?:menya )?na (?:jivogo )?chelovek|\b(?:human|person) (?:to )?(?:help|assist)|\b(?:pogovorit|poobshatsya|svyazatsya) s kem (?:nibud|to)\b/;

const MOST_WORDS_OF_A_CALL = 4;
const MOST_WORDS_OF_A_WISH = 6;
const CALL_ME =
  /\b(?:menga|mne|me)\b.*\b(?:kongirok|telefon) (?:kil(?:ing|inglar|ib|sin)|kilvor\w*)|\b(?:kongirok|telefon) kil(?:ing|inglar|ib yubor\w*|sin)\b.*\bmenga\b|\b(?:pozvonite|perezvonite|nabirite) mne\b|\bperezvonite\b|\bcall me\b|\bsvyajites so mnoy\b/;
const COURTESY =
  /^(?:salom|assalomu|assalom|alaykum|aleykum|zdravstvuyte|dobriy|den|privet|hello|hi|hey|please|pls|iltimos|pojaluysta|pojalusta|customer|support|service|care|call|center|centr|koll?|sentr\w*|client|slujba|otdel|podderjk\w*|menga|mne|ya|i|a)$/;

/**
 * Whether a customer asks for a person instead of the bot, in Uzbek of either script, Russian or English. Words for
 * staff alone do not
 * count: they must be asked for, and not in another matter ("eSIM ni operator ulaydimi?").
 */
export function wantsPerson(text: string): boolean {
  const words = foldUzbek(text.normalize('NFKC').toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? [];
  const said = words.join(' ');
  if (CALL_ME.test(said)) return true;
  if (/\bdo (?:i|eu) need\b|\bkim bolib\b|\bvam nuj|\bam i (?:talk|speak|chat)/.test(said)) return false;
  if (refusesMachine(words)) return true;
  const other = words.some((word) => OTHER_MATTER.test(word));
  if (other) return false;
  const staff = words.findIndex((word) => STAFF.test(word));
  if (words.some((word) => SELLER.test(word)) && words.some((word) => CONNECT.test(word))) return true;
  if (staff >= 0 || DEPARTMENT.test(said)) return asksFor(words) || isBareCall(words);
  return asksForAnybody(words, said);
}

const asksFor = (words: readonly string[]): boolean =>
  words.some((word) => CONNECT.test(word) || NEED.test(word) || ALIVE.test(word)) ||
  words.some((word) => /^(?:pust|yozsin|ezsin|bersin)$/.test(word)) ||
  (words.length <= MOST_WORDS_OF_A_CALL && words.some((word) => WISH.test(word)));

/** "Operator!": nothing else is said. */
const isBareCall = (words: readonly string[]): boolean =>
  words.length <= MOST_WORDS_OF_A_CALL && words.every((word) => STAFF.test(word) || COURTESY.test(word));

/** A person of any kind: only when one is asked to talk, to answer or to be alive. */
function asksForAnybody(words: readonly string[], said: string): boolean {
  if (SWITCH.test(said)) return true;
  const at = words.findIndex((word) => ANYBODY.test(word));
  if (at < 0) return false;
  const counted = [words[at - 1], words[at + 1], words[at - 2]].some((word) => word !== undefined && COUNTED.test(word));
  if (counted) return false;
  const talk = words.some((word) => CONNECT.test(word) || ANSWER.test(word));
  const alive = !ASKS_WHO.test(said) && words.some((word) => ALIVE.test(word));
  const need = words.some((word) => NEED.test(word)) && words.length <= MOST_WORDS_OF_A_WISH;
  return alive || talk || need;
}

function refusesMachine(words: readonly string[]): boolean {
  const machine = words.some((word) => MACHINE.test(word));
  const refused = words.some((word) =>
    /^(?:emas|gaplashmayman|gaplashmaymiz|hochu|hohlamay\w*|istamay\w*|budu|nadoel|don|dont|stop|ne)$/.test(word),
  );
  return machine && refused && words.length > 2;
}
