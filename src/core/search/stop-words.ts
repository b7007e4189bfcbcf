import { tokenize } from './tokenize.ts';

// Words that say nothing about what is asked for. Only whether something fits at all is decided without them; ranking uses
// every word, since a common one counts little there anyway.
const FUNCTION_WORDS = `
a about above after again all also am an and another any are as at be because been before being between both but by can could did do does
doing done down during each else ever few for from further get got had has have having he her here hers him his i if in into is it its itself
just know let like may me might more most much must my need no nor not now of off on once one only or other our out over own per please
same shall she should so some still such tell than that the their them then there these they thing this those through to too under until up
us very want was we were what whats will with would you your yours
а б без более бы был была были было быть в вам вас ваш ваша ваше ваши вами весь во вот все всё всего всех вы г да даже для до его ее её если
есть еще ещё же за и из или им их к каждый как какая какие каким какими каких какого какое какой какую ко кого ком кто ли либо лишь между меня
мне много может могу можете можно мой моя моё мои мы на над надо наш не него нее неё нет ни них но ну нужно о об один однако он она они оно от
очень по под подскажите пожалуйста после потом потому почти при про раз расскажите с сам свой своя себя скажите со так также такой такие там
те тебя тем то того тоже той только том тот тут ты у уже хотел хотела хочу чего чем чему что чтобы чья эта эти этим этих это этого этой этом этот эту я
у вас у нас интересует
agar albatta allaqachon ammo ana aslida asosan balki bilan bilmoqchi boʻladi boʻladimi boʻlgan boʻlishi boʻlsa boʻlib bor bormi bu buni buning bunda biz bizda bizga
bizning biror biron bitta butun chunki deb degan demak edi ega emas emasmi esa etish eng faqat ham hamda hamma har hech hozir iltimos
ishlatiladi joyi juda kabi kerak kerakmi keyin kim kimga koʻra koʻp lekin lozim mana meni mening menga men mumkin mumkinmi mi na oʻz oʻzi oldin
orqali oʻsha qilib qilish qila qilaman qilasiz qilasizlar olsam boʻyicha qaysi qaysilar qanaqa qanday qandaydir sen shu shuni shunday siz sizda sizdan
sizga sizlarda sizlar sizning sizni tomonidan u uchun ular uning uni va yana yoki yoʻq yoxud xohlayman istayman aytib bering ayting bering bera olasizmi nima nimaga nimalar
`;
const QUESTION_WORDS = `
how many much when where which who whom whose why cost costs today tomorrow
где зачем когда куда откуда почему сколько стоит стоят сегодня завтра скольки
necha nechta nechchi nechi qancha qanchadan qachon qayer qayerda qayerga qayerdan qani nega nechada
nechida nechchida nechagacha nechigacha nechchigacha nechtadan turadi turadimi bugun ertaga
`;
const COURTESIES = `
bye good morning evening afternoon day hello hey hi hiya ok okay thank thanks thx welcome sorry yes yeah great nice cool fine
благодарю день добрый доброе добрая доброго вечер вечера утро утра до свидания здравствуйте здравствуй здрасте извините ладно ок пока понятно понял поняла привет приветик хорошо
спасибо рахмат салам салом салют ассалому алайкум большое огромное да хай дня
assalomu alaykum assalom vaalaykum alekum salom salomlar rahmat raxmat rahmatli katta tashakkur xayr hayr xoʻp hop ok mayli yaxshi yaxshimi yaxshimisiz qalay qalaysiz qalesiz ishlar
kun kuningiz kech kechki xayrli tong zoʻr ha uzr kechirasiz bolaman
`;

const folded = (list: string): Set<string> => new Set(tokenize(list));
const functionWords = folded(FUNCTION_WORDS);
const questionWords = folded(QUESTION_WORDS);
const courtesies = folded(COURTESIES);

/**
 * The words of a question that a fitting text must share. A question of nothing but where, when, how much is taken at
 * these; a greeting or thanks has none.
 */
export function informativeWords(words: readonly string[]): string[] {
  const said = [...new Set(words)].filter((word) => !functionWords.has(word) && !courtesies.has(word));
  const informative = said.filter((word) => !questionWords.has(word));
  return informative.length > 0 ? informative : said;
}
