import { foldUzbek } from './uzbek.ts';

/** Folds the words (core/uzbek), so that "qancha", "kancha", "қанча" and "канча" are one word. */
const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).map((word) => foldUzbek(word.toLowerCase())));

export const UZBEK_WORDS = words(`
  salom assalomu assalom alaykum aleykum vaalaykum rahmat raxmat katta kattakon turadi turadimi turibdi sotasiz sotasizmi olasizmi qilasizmi
  xayr xayrli tong kech kun kuni kunda bugun
  ertaga kecha hozir endi keyin qachon qancha necha nechta nechada nechchi nechi qanday qanaqa qanaqasi qaysi qayer qayerda
  qayerga qaerda qani kim kimga nima nimaga nega bor bormi yoq yoqmi ha xop hop mayli yaxshi yaxshimisiz qalay qalaysiz
  qandaysiz zor ajoyib boladi boladimi bolsa boladi bolmaydi mumkin mumkinmi kerak kerakmi kerakmas kere lozim iltimos marhamat
  kechirasiz uzr men menga mening meni manga sen sizga siz sizlar sizlarda sizda sizdan biz bizga bizda u ular shu bu osha
  oshanaqa ozi oz uchun bilan va yoki ham lekin ammo agar esa edi ekan emas deb faqat yana juda kop kam biroz hamma har bitta
  ikkita uchta ta narx narxi narxlar narhi narxini pul som soʻm ming chegirma aksiya arzon qimmat tekin bepul bepulmi buyurtma
  buyurtmam zakaz yetkazib yetkazish berish bering berasiz beradi berasizmi manzil manzilingiz manzili joy joyi joylashgan
  orqali tolov tolash tolasa karta naqd soat vaqt vaqti vaqtingiz ish ishlaysiz ishlaysizmi ishlaydi ochiq yopiq ochasiz
  dushanba seshanba chorshanba payshanba juma shanba yakshanba oy hafta yil yosh yoshda bola bolam bolalar qiz ogil ayol erkak
  odam kishi kishiga telefon raqam nomer rasm rasmini menyu tort non somsa osh palov choy ovqat taom suv gosht rang razmer
  olcham kiyim dori shifokor tish kurs dars oqish oqituvchi olaman olasiz olish olib oling olsam olmoqchi kelasiz keladi kelmadi
  keling yuboring tashlang tashlab ayting aytib yozing qiling qilib qilsam qilish qilmoqchiman savol savolim javob yordam
  malumot haqida kredit muddatli bolib optomga eng kami arzoni katta kichik yangi eski toza issiq sovuq kuryer qoldi qolgan
  tushunmadim tushundim tushunarli`);

export const RUSSIAN_WORDS = words(`
  здравствуйте здравствуй привет добрый доброе доброго день утро вечер спасибо пожалуйста пока свидания извините простите хорошо
  отлично понятно понял поняла ясно да нет не на по за из от до для при без под над про или если что это этот эта эти как где
  когда куда откуда сколько почему зачем какой какая какие какое кто чей а и но же ли бы вы вас вам вами у я мне меня мой моя
  мои мы нас нам наш он она они его ее их ты тебе вот так там тут здесь сюда еще уже тоже только очень есть было был будет быть
  можно нужно надо нельзя хочу хотел хотела могу можете может буду подскажите скажите напишите скиньте пришлите перезвоните
  помогите дайте цена цены цену стоит стоимость стоят доставка доставку доставки заказ заказать заказа заказал оплата оплатить
  картой наличными наличии скидка скидки адрес находитесь работаете работает работы открыты открываетесь закрыты завтра сегодня
  вчера сейчас потом утром вечером выходные понедельник вторник среда четверг пятница суббота воскресенье час часов минут время
  график сколько размер цвет товар вопрос ответ нужен нужна нужны можете лет года месяц неделю человек ребенок ребенку
  записаться запись вернуть возврат отменить купить продаете привезут пришел где-то минимальный меню парковка большое большой
  маленький новый сделать вообще`);

/** Words that all customers use, whatever they speak, in Latin letters. */
export const NOBODYS_WORDS = words(
  'ok okay okey menu adres zakaz dostavka nomer bot online onlayn visa parking wifi sms sale iphone samsung coca cola pepsi telegram instagram click payme',
);

/** Russian words that are common inside Uzbek sentences; core/detect-language gives them less weight. */
export const BORROWED_WORDS = words(
  'здравствуйте доставка доставку заказ адрес размер меню скидка график картой привет курьер номер телефон кредит карта торт паркинг',
);

export const ENGLISH_WORDS = words(`
  the a an and or but if of to in on at for from with by about as into is are am was were be been do does did don't doesn't
  didn't have has had can could will would should may i i'm i'd you your yours u me my mine we our us they their them he she his
  her it its it's this that these those there here who what what's when where which why how much many long any some all no not
  yes ok okay please pls thanks thank thx hi hello hey bye good great nice morning evening afternoon day night sorry welcome
  price cost order ordered buy pay card cash deliver delivery ship address location located open opened close closed time today
  tomorrow yesterday now later hours week month sunday monday tuesday wednesday thursday friday saturday menu size colour color
  discount available book booking table cancel return refund help need want like question call back send get give come go see
  know tell show speak english still left sale sell free number name phone item package day days people one two three four five
  new old big small breakfast included documents visa haircut students student options vegan parking cake bread wrong arrive
  take sounds again more just also very soon`);

/** Russian typed in Latin letters, in spellings that are not Uzbek. */
export const LATIN_RUSSIAN_WORDS = words(`
  privet zdravstvuyte zdravstvuite zdrastvuyte spasibo pojaluysta pozhaluysta skolko stoit stoimost dostavka dostavku mozhno
  mojno nuzhno nujno kogda gde kak chto est zakaz zakazat rabotaete zavtra segodnya dobriy dobryy den vecher utro adres
  podskajite podskazhite xochu hochu kakoy kakaya tsena cena u vas`);
