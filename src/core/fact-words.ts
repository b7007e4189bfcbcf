import { foldUzbek } from './uzbek.ts';

/** `*`: any ending; `_`: a space in a phrase. Compared folded (core/uzbek). */
const patternOf = (list: string): string => {
  const alternatives = list
    .trim()
    .split(/\s+/)
    .map((word) => foldUzbek(word.toLowerCase()).replaceAll('_', ' ').replaceAll('*', '[\\p{L}]*'));
  return `(?:${alternatives.toSorted((a, b) => b.length - a.length).join('|')})`;
};
export const heads = (list: string): RegExp => new RegExp(`(?<![\\p{L}\\d])${patternOf(list)}(?![\\p{L}\\d])`, 'gu');
export const word = (list: string): RegExp => new RegExp(`^${patternOf(list)}$`, 'u');

/** Say nothing of what is asked. */
export const FILLER =
  word(`salom assalom* asalom* alaykum aleykum alekum vaalaykum xayrli tong kech iltimos aka opa uka siz sizlar* sizning sizda
    sizlarda sizlarni bizga menga meni ayt* ber bering beringlar bersangiz berib bera bervor* berasizmi berasiz olasizmi
    olasizlarmi olsam yoz* ezib yubor* ubor* tashla* tashang* tashavor* tashab* joʻnat* kerak* edi mumkin* boʻlsa boʻladi* boʻlar* qanday*
    qanaqa* qani nima* ekan chi shu u esa endi oʻzi bilsam bilmoqchi* soʻramoqchi* bor bormi hurmatli здравствуйте здрасте
    добрый добрая привет день вечер утро пожалуйста подскажите скажите скиньте скинь отправьте пришлите дайте можно у вас
    вам ваш ваша ваши ваше вашего вы мне нам а ли есть какой какая какие какое каков что как это хочу хотел хотела узнать
    бы напишите сообщите можете девушка салам и же ну так hi hello hey good morning evening please pls can could you your
    ur tell me us send give what whats what's is are the a an do does i know need want to which of have get there any
    about`);

/** What a business calls itself. */
export const PLACE_WORDS = `doʻkon* dukon* magazin* ofis* markaz* salon* kafe* restoran* klinika* filial* shoxobcha* novvoyxona*
  dorixona* oʻquv
    магазин* офис* центр* салон* кафе ресторан* клиник* филиал* заведени* аптек* shop store office cafe restaurant clinic
    branch* place`;

export const PLACE = word(PLACE_WORDS);

export const WEEKDAYS: readonly RegExp[] = [
  'dushanba* понедельник* пн monday* mon',
  'seshanba* вторник* вт tuesday* tue',
  'chorshanba* среда среду среды средам ср wednesday* wed',
  'payshanba* четверг* чт thursday* thu',
  'juma jumada jumachi juma_kuni jumada* пятница* пятницу пятницы пятнице пятниц пт friday* fri',
  'shanba shanbada* shanbachi shanbalari суббот* сб saturday* sat',
  'yakshanba* воскресен* вс sunday* sun',
].map(word);

export const NOW = word('hozir* hali хозир* сейчас щас ещё now currently still');
export const TODAY = word('bugun* сегодня today* tonight');
export const TOMORROW = word('ertaga* erta завтра tomorrow*');
export const IN_TWO_DAYS = word('indin* послезавтра');
export const HOLIDAYS = word('bayram* праздни* holiday*');
export const DAYS_OFF = word('dam olish выходн* weekend*');
export const AS_A_STATE = word(
  'ochiq* yopiq* ishlayaps* ishlayapt* ishlavots* открыт открыто открыта открыты закрыт закрыто закрыта закрыты open closed working',
);
/** Of a thing "ishlaydi" says that it works, so a business is named or a time. */
export const ANYTHING_WORKS = heads('ishlaydi* работает* работают do_you_work you_work you_working');
/** Asks for a time, not for a state. */
export const TIMES = word(
  'soat* necha* nechi* nechch* qachon* vaqt* vaxt* grafik* rejim* график* режим* сколько скольки скольких час* врем* when time hours',
);

export const HOURS = {
  heads:
    heads(`ish_vaqt* ish_vaxt* ish_soat* ish_tartib* ish_kun* ish_grafi* ish_rejim* ish_vohti qabul_vaqt* grafik* rejim* ishlays*
    ishlayaps* ishlayapt* ishlaymi* ishlis* ishlaps* 24_soat dam_olish_kun* dam_olasi* ishlavo* ochiq* yopiq* ochasi*
    ochila* ochiladi* yopasi* yopila* ochilish* yopilish* nechagacha* nechigacha* nechchigacha* график* режим* работаете*
    будете_работать круглосуточно* рабочие_дни рабочее_время рабочий_день рабочие_часы часы_работы время_работы работа
    открыт открыто открыта открыты открыва* откроет* закрыт закрыто закрыта закрыты закрыва* закро* до_скольки до_скольких
    со_скольки перерыв* tanaffus* выходной выходные open opens opening close closes closing closed working_hours
    opening_hours business_hours work_hours working hours working_days`),
  also: word(`qaysi когда da hozir* hali bugun* ertaga* erta indin* necha* nechi* nechch* nech soat* vaqt* vaxt* kun kuni kunlar* kunda
    kunlari qachon* dan gacha boshlab dam olish har bayram* hafta* kechasi kechqurun kechgacha ertalab tungi tunda ham
    vaqti ishlash сейчас щас сегодня завтра послезавтра в во с со до по на сколько скольки скольких который которого часу
    часа часов часы час время выходн* праздни* дня дни дням недел* ночью вечером утром ещё уже работы будете будет каждый
    now today tomorrow tonight on at in from till until time times day days week weekend* late still right currently
    holiday* when how many for work working lunch break am pm какого каким какие kecha* kunduz* kunim kunimi kuningiz*
    ishlaydi* работает ishlash* boraman borsam borsak kelsam kelaman boʻlasi* turadi obed* обед* tushlik* утра вечера без
    будни* рабоч* ${PLACE_WORDS}`),
};

export const ADDRESS = {
  heads:
    heads(`manzil* adres* lokaci* lakats* geolokats* moʻljal* qayerdasi* qatdasi* qattasi* qaydasi* qayerga_bor* doʻkon*_qayer*
    dukon*_qayer* magazin*_qayer* ofis*_qayer* salon*_qayer* markaz*_qayer* kafe*_qayer* klinika*_qayer* filial*_qayer*
    restoran*_qayer* qayerda_joylash* qatta_joylash* joylashgan* joylashuv* joylashish* qanday_bor* qanday_boril*
    qayerda_siz qayerdasan адрес* локаци* геолокаци* геопозици* ориентир* где_вы где_находит* находитесь находится
    расположен* как_добраться как_доехать как_пройти как_найти как_вас_найти где_вас_найти как_до_вас как_к_вам
    qayerga_kel* где_магазин где_офис где_салон где_ваш address* location* where_are where_is wheres where_can_i_find
    located directions how_to_get landmark`),
  also: word(`aniq uchun borish* добраться доехать пройти full qayda qatta qayer* qaysi joy* joyda manzili ekansiz boraman borsa borsam
    borish tushuntir* xarita* karta kartada joyi где вас находит* найти проехать к на карте точный точная точно where
    exactly map find here nearby near ${PLACE_WORDS}`),
};

export const PHONE = {
  heads:
    heads(`telefon_raqam*_bor* telefon_nomer*_bor* есть_номер_телефона номер_телефона_есть your_number telefon_raqam* telefon_nomer*
    tel_raqam* tel_nomer* telefon telefoningiz*_bor* telefoniz_bor* nomeringiz*_bor* raqamingiz*_bor* telefoningiz*
    telefoniz* telefonlar* tel nomer* nomir* raqam raqamingiz* raqamlar* raqamiz* raqamni aloqa aloqaga bogʻlan* boglan*
    qoʻngʻiroq* номер номера номеру номерок телефон телефоны телефона связаться позвонить контакты контакт phone phones
    telephone contact contacts call`),
  also: word(`qaysi qanday nechi nechchi necha qilay qilsam qilish qilsa boʻlish bilan orqali uchun chiqish raqami raqam* telefon*
    nomer* с вами по каком* какому контактный звонить для связи связь телефон* номер number numbers how contact reach by
    on through`),
  /** Then something is for sale. */
  never: word('bor bormi kerak* есть have need any'),
};

const METHODS = `click* klik* клик* payme* peyme* пейми пэйми uzcard* uzkard* узкард* humo* xumo* хумо mastercard* мастеркард* naqd* naxt naqdga
    наличн* нал наличка безнал terminal* терминал* cash uzum`;
export const PAYMENT = {
  heads:
    heads(`toʻlov* tulov* toʻlash* toʻlasa* toʻlasam toʻlay* toʻlanadi* karta_orqali karta_bilan kartadan kartaga_toʻla* оплата
    оплату оплаты оплате оплатой оплатить оплачивать оплат платить принимаете_карт* карты_принима* перечислением заплатить
    картой карточкой plastik* пластик* karta_ol* karta_qabul* pay payment payments paying by_card with_card card cards
    credit_card accept_cards ${METHODS}`),
  also: word(`pul oʻtadi* orqali bilan usul* tur* turlari turi qabul qilasi* qilsa* qilish* qilina* amalga oshirish* oshirila* oshirsa*
    olasi* olinadi karta* kartalar kartadan ga visa viza пластик* plastik* mumkinmi ham способ* варианты принимаете
    принимают виза карт* картой карточк* через по чем возможна возможно производится к онлайн_нет by with through ways way
    method methods how accept accepted take card cards credit options option ${METHODS}`),
};

export const DELIVERY = {
  heads:
    heads(`dostavka dostavkasi* dostavkangiz* dostavkaga dostavkaniz dostavkami dostavkachi dostavkani dastavka dastavkasi* dastafka*
    dostafka* yetkazib yetkazish* yetkazasi* yetkazila* yetkazaol* yetkazolasi* olib_kelib olib_kelasi* olib_kelis*
    uyga_olib olib_borib доставк* доставля* привезете привезёте deliver delivers delivery shipping ship`),
  also: word(`summa* puldan zakaz zakazga buyurtma buyurtmaga yetib keladi kelasi* kelib bormi bor qancha* necha* nechpul nechi* nechch*
    narx* pul puli pullik* tekin* bepul* vaqt* vaxt* muddat* soat* kun kunda qayer* qaerlarga hudud* qaysi qilasi* qilsa*
    qilish* qilina* berasi* berish* berishi xizmat* uyga uy berilad* boʻladi* turadi chiqadi boʻyicha будет available
    offer сколько стоит стоят от суммы сумме заказа заказ заказе при бесплатно цена цену стоимость платная платно платный
    бесплатн* время сроки срок долго за какое куда какие район* районы делаете осуществляете на дом по для how much cost
    costs price fee free charge long take takes time where area areas home service fast which`),
};
export const AREA = word('qayerga* qayerlarga* qaerga* qaerlarga* hudud* куда район* районы where area areas');
export const DURATION = word('vaqt* vaxt* muddat* soat* kun kunda время срок сроки долго long time takes fast');
export const PRICE = word(
  `qancha* necha* nechpul nechi* nechch* narx* pul puli puldan pullik* tekin* bepul*
  сколько стоит стоят цена цену стоимость плат* бесплат* much cost costs price fee free charge`,
);
