import { foldUzbek } from './uzbek.ts';

// Compared folded (core/uzbek), like requests for a person: Cyrillic in Latin letters, x as h, q as k.

const oneOf = (words: string): string => `(?:${words.trim().split(/\s+/).join('|')})`;

const SERVICE = `${oneOf(`hizmat servis sifat kachestv otnosheni obslujivani muomala munosabat sotrudnik kurer
  service quality staff experience`)}\\w*`;
const BAD = `${oneOf(`rasvo emon yaramas dahshat\\w* ujasn\\w* otvratitel\\w* merzk\\w* ploho\\w* otstoy\\w* hamsk\\w*
  terribl\\w* awful horribl\\w* disgusting worst rude pathetic`)}(?! (?:emas|ob|hav|pogod|weather))`;
const SPOILT = oneOf(`isporchen\\w* protuh\\w* tuhl\\w* prosrochen\\w* brakovan\\w* brak aynigan chirigan buzilgan buzuk
  mogorlagan spoil\\w* rotten moldy expired broken`);
const THEY_GAVE = '(?:you|they) (?:sold|sent|gave|delivered)';
const GAVE = `(?:${oneOf(`prodali prislali dali privezli podsunuli berding\\w* sotding\\w*`)}|(?:berib|olib) (?:yubor|keld)\\w*|${THEY_GAVE})`;

const MOST_WORDS = 200;

/** Words that nobody writes to a business but to complain of it. */
const COMPLAINTS = [
  // A complaint, named.
  '\\bshikoyat(?:im|imiz|imni)?\\b(?! (?:kitob|daftar|rakam|telefon))|\\be?tiroz(?:im|imiz)?\\b(?: bor| bildir)',
  '\\bnorozi(?:man|miz|lig\\w*)?\\b',
  '\\bjalob[auy]\\b|\\bjalob(?:i|oy)\\b(?! est)|\\bpojalovatsya\\b|\\bjaluyus\\b|\\bpretenzi(?:ya|yu|i|ey)\\b',
  '\\b(?:have|file|make|lodge|got|submit|raise) (?:a |an |another )?(?:\\w+ )?complaint|\\bto complain\\b|^complaint\\b',
  // The money, demanded back. Questions about the terms of it are questions.
  '\\bpul(?:im|imiz|larim|larimiz)ni\\b.*\\bkaytar|\\bpul\\w*\\b.*\\bkaytar(?:il)?ma(?:di|yap)',
  '\\bpul(?:lar)?ni\\b.*\\bkaytar(?:ing|inglar|ib ber(?:ing|inglar))\\b',
  '\\bvern(?:ite|i|ete)\\b.*\\b(?:(?:deng|sredstv|summu)\\w*|\\d)|\\bhochu vernut (?:\\w+ )?dengi',
  '\\btrebuyu\\b.*\\b(?:vozvrat|vernut|deng)',
  '\\b(?:want|give|need|demand|get)\\b.*\\bmoney back\\b|\\brefund (?:me|my|us)\\b',
  '\\bgive (?:me|us) (?:a |my )?(?:full )?refund|\\b(?:i|we) (?:want|demand|need) (?:a |my )?(?:full )?refund',
  // Deceit.
  '\\balda(?:di|gan(?:siz|lar)|yap|sh|n(?:di|ib)|b (?:ket|ol))\\w*|\\balding(?:iz|lar)\\w*|\\bfiribgar|\\belgonchi',
  '\\bmoshennik|\\bobmanul|\\bobmanshik|\\bobmanivae|\\beto obman\\b|\\bkinuli\\b|\\b(?:obschital|obvesil)\\w*|\\bjuliki?\\b',
  '\\b(?:scam|scammed|scammers?|swindlers?|you (?:have )?(?:cheat|lied|robbed|fooled|deceived|tricked)\\w*)\\b',
  // Anger.
  '\\buyat emasmi|\\buyalma(?:y|di)|\\bbezobrazi|\\bvozmutitel|\\bvozmush|\\bne stidno',
  '\\bshame on you|\\bunacceptable\\b|\\bripped (?:\\w+ )?off\\b|\\bworst \\w+ ever',
  '\\bkopol(?:lik|lig\\w*)?\\b.*\\b(?:gap|muomala|munosabat|javob|kil|ekan)',
  '\\b(?:naham|hamyat|hamstv|nagrubi|grubit|grubiyan)\\w*|\\b(?:was|were|is|so|very) rude\\b',
  '\\bnedovol(?:en|na|ni|stv)\\w*|\\bnot (?:happy|satisfied) with\\b',
  '\\b(?:am|m|very|extremely|so) (?:unhappy|dissatisfied|disappointed|upset)\\b',
  '\\bboshka (?:hech kachon )?(?:kelmay|olmay)(?:man|miz)|\\bni nogoy\\b',
  // Bad service, and bad goods that were handed over.
  `\\b${SERVICE}\\b(?: \\w+){0,3} ${BAD}\\b|\\b${BAD}(?: \\w+){0,2} ${SERVICE}\\b`,
  `\\b${GAVE}\\b(?: \\w+){0,4} ${SPOILT}\\b|\\b${SPOILT}\\b(?: \\w+){0,4} ${GAVE}\\b`,
].map((source) => new RegExp(source));

/** "Do I get my money back if it does not fit?" is a question. */
const CONDITION = /\besli\b|\bif\b|\bagar\b|\bshart|\buslovi|\bpolicy\b/;
const MONEY_BACK = /\bkaytar|\bvern|\brefund\b|\bmoney back\b/;

/** Whether a customer complains: such a message is for a person. In Uzbek of either script, Russian or English. */
export function isComplaint(text: string): boolean {
  const words = foldUzbek(text.normalize('NFKC').toLowerCase()).match(/[\p{L}\p{N}]+/gu) ?? [];
  const said = words.slice(0, MOST_WORDS).join(' ');
  const found = COMPLAINTS.some((complaint) => complaint.test(said));
  return found && !(CONDITION.test(said) && MONEY_BACK.test(said));
}
