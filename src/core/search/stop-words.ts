import { tokenize } from './tokenize.ts';

// Left out only when deciding whether anything fits. Ranking uses every word, because common ones weigh little.
const FUNCTION_WORDS = `
a about above after again all also am an and another any are as at be because been before being between both but by can could did
do does doing done down during each else ever few for from further get got had has have having he her here hers him his i if in
into is it its itself just know let like may me might more most much must my need no nor not now of off on once one only or other
our out over own per please same shall she should so some still such tell than that the their them then there these they thing
this those through to too under until up us very want was we were what whats will with would you your yours sell offer provide
accept want wanted а б без более бы был была были было быть в вам вас ваш ваша ваше ваши вами весь во вот все всё всего всех вы г
да даже для до его ее её если есть еще ещё же за и из или им их к каждый как какая какие каким какими каких какого какое какой
какую ко кого ком кто ли либо лишь между меня мне много может могу можете можно мой моя моё мои мы на над надо наш не него нее неё
нет ни них но ну нужно о об один однако он она они оно от очень по под подскажите пожалуйста после потом потому почти при про раз
расскажите с сам свой своя себя скажите со так также такой такие там те тебя тем то того тоже той только том тот тут ты у уже
хотел хотела хочу чего чем чему что чтобы чья эта эти этим этих это этого этой этом этот эту я интересует принимаете делаете
продаете продаёте предлагаете имеется agar albatta allaqachon ammo ana aslida asosan balki bilan bilmoqchi boʻladi boʻladimi
boʻlgan boʻlishi boʻlsa boʻlib bor bormi bu buni buning bunda biz bizda bizga bizning biror biron bitta butun chunki deb degan
demak edi ega emas emasmi esa etish eng faqat ham hamda hamma har hech hozir iltimos ishlatiladi joyi juda kabi kerak kerakmi
keyin kim kimga koʻra koʻp lekin lozim mana meni mening menga men mumkin mumkinmi mi na oʻz oʻzi oldin orqali oʻsha qilib qilish
qila qilaman qilasiz qilasizlar olsam boʻyicha qaysi qaysilar qanaqa qanday qandaydir sen shu shuni shunday siz sizda sizdan sizga
sizlarda sizlar sizning sizni tomonidan u uchun ular uning uni va yana yoki yoʻq yoxud xohlayman istayman aytib bering ayting
bering bera olasizmi nima nimaga nimalar keladi keladimi turadi turibdi ketadi berasizmi berasizlarmi olasizlarmi qilasizmi
qilasizlarmi sotasizmi sotasizlarmi sotiladimi boʻlar edi edim boʻlsin qilsa qilsam olaman olmoqchiman aka opa uka bir shunaqa
oʻsha sizlarga menda menga unda bugungi judayam koʻproq ozgina xizmat xizmati xizmatlari kerakmas bilib toʻgʻrisida короче вообще
прямо нужна нужны нужен которую которая который которые которое своей свой своего хотим будет буду поможете помогите девушка
делают сделать сделаете ваших нашего скажи посоветуете напишите bilsam bilmoqchiman bilmoqchiydim aytasizmi
`;
/** Auxiliary verbs: qilib berasizmi, olib kelsam boʻladimi. */
const HELPING_VERB =
  /^(?:kil|ber|bol|koy|ol|tur|ket|kel|yubor|ubor|epub)(?:ib|di|dim|diz|adi|adimi|asiz|asizmi|asizlar|asizlarmi|aslami|amiz|aman|amanmi|amizmi|sa|sam|sak|sangiz|salar|salaringiz|gan|gandim|gansiz|ganmi|ishim|ishi|armikan|adigan|moq|mok|mokchi|mokchiman|mokchiydim|mokchimiz|ing|inglar|olasiz|olasizmi|olasizlarmi|olaman|olamanmi|sinmi|dimi|dimikan)$/;
const QUESTION_WORDS = `
how many much when where which who whom whose why cost costs today tomorrow
где зачем когда куда откуда почему сколько стоит стоят сегодня завтра скольки
necha nechta nechchi nechi nech nechada nechpul qancha qanchadan qachon qayer qayerda qayerga qayerdan qani nega nechada
nechida nechchida nechagacha nechigacha nechchigacha nechtadan turadi turadimi bugun ertaga
`;
// One per line. Several words are a courtesy only together: `kech` and `день` alone may be a question.
const COURTESIES = `
hello|hey|hi|hiya|ok|okay|thank|thanks|thx|welcome|sorry|yes|yeah|bye|goodbye|great|good|nice|cool|fine|how are you
good morning|good evening|good afternoon|good day|good night|have a nice day|thank you very much
благодарю|благодарим|добрый день|добрый вечер|доброе утро|доброго дня|доброго времени суток|доброй ночи|хорошего дня|до свидания
до встречи
здравствуйте|здравствуй|здрасте|извините|простите|ладно|ок|окей|пока|понятно|ясно|понял|поняла|привет|приветик|хорошо|отлично
супер
спасибо|спс|большое спасибо|спасибо большое|огромное спасибо|салам|салом|салют|ассалому алайкум|ассаламу алейкум|рахмат|как дела
да|добрый|доброе
assalomu alaykum|assalom|assalomu|alaykum|vaalaykum|vaalaykum assalom|salom|salomlar|salom alaykum|rahmat|raxmat|rahmatli
rahmat sizga|katta rahmat|tashakkur
xayr|hayr|xayrli kun|xayrli tong|xayrli kech|xayrli tun|kuningiz xayrli|kuningiz yaxshi oʻtsin|xoʻp|hop|mayli|yaxshi|yaxshimi
yaxshimisiz|yaxshimisizlar
qalay|qalaysiz|qalaysizlar|qalesiz|ishlar qalay|ishlaringiz yaxshimi|zoʻr|ha|uzr|kechirasiz|yaxshi kunlar|sogʻ boʻling|hormang
charchamang
`;

const folded = (list: string): Set<string> => new Set(tokenize(list));
const functionWords = folded(FUNCTION_WORDS);
const questionWords = folded(QUESTION_WORDS);
const courtesies = new Set(COURTESIES.split(/[|\n]/).map((phrase) => tokenize(phrase).join(' ')));
const courtesyBeginnings = new Set([...courtesies].map((phrase) => phrase.split(' ')[0]));
const LONGEST_COURTESY = 4;

/** A question of function words only keeps them; a greeting or thanks has none. */
export function informativeWords(words: readonly string[]): string[] {
  const said = [...new Set(withoutCourtesies(words))].filter((word) => !functionWords.has(word) && !HELPING_VERB.test(word));
  const informative = said.filter((word) => !questionWords.has(word));
  return informative.length > 0 ? informative : said;
}

function withoutCourtesies(words: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; ) {
    const length = courtesyAt(words, at);
    if (length === 0) kept.push(words[at] as string);
    at += Math.max(1, length);
  }
  return kept;
}

function courtesyAt(words: readonly string[], at: number): number {
  if (!courtesyBeginnings.has(words[at] as string)) return 0;
  for (let length = LONGEST_COURTESY; length > 0; length--) {
    if (at + length <= words.length && courtesies.has(words.slice(at, at + length).join(' '))) return length;
  }
  return 0;
}
