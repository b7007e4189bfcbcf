// S22 (weak passwords): words a guesser of this service and its first market joins with digits. Written as `folded` gives them.
const WORDS = `
  botfactory factory zavod chatbot mybot botim bot bots telegram instagram insta whatsapp facebook google gmail mailru youtube
  tiktok payme click uzum uzcard humo beeline ucell uzmobile mobiuz olx internet android iphone samsung windows
  admin administrator root user login kirish parol password parolim maxfiy secret qwerty qwertyuiop asdfgh zxcvbn welcome hello
  salom assalom rahmat privet test demo guest change iloveyou sevgi sevaman hayot baxt omad biznes business dokon magazin shop
  ozbekiston uzbekistan uzbekiston uzb uzbek ozbek vatan yurtim navruz mustaqillik
  toshkent tashkent samarqand samarkand buxoro bukhara buhara xiva khiva hiva andijon andijan fargona fergana namangan navoiy navoi
  nukus termiz termez urganch urgench qarshi karshi jizzax jizzakh guliston gulistan qoqon kokand angren chirchiq chirchik olmaliq
  bekobod margilon shahrisabz denov zarafshon qoraqalpogiston karakalpakstan xorazm khorezm surxondaryo qashqadaryo sirdaryo
  chilonzor yunusobod sergeli mirobod registon chorsu paxtakor nasaf lokomotiv
  moscow moskva moskow russia rossiya almaty qozogiston kazakhstan turkiya istanbul
  узбекистан ўзбекистон узбек ўзбек ташкент тошкент самарканд самарқанд бухара бухоро хива андижан андижон фергана фарғона
  наманган навои навоий нукус термез термиз ургенч урганч карши қарши джизак жиззах гулистан гулистон коканд қўқон ангрен
  чирчик чирчиқ хорезм хоразм чиланзар чилонзор юнусабад юнусобод москва россия алматы
  телеграм инстаграм ватсап бот боты админ логин пароль парол секрет привет салом спасибо рахмат любовь бизнес магазин дукон
`
  .trim()
  .split(/\s+/)
  .toSorted((a, b) => b.length - a.length);

/** What is left may be as long as a date. */
const MAX_FILL_CHARS = 8;

/** Lower case, without apostrophes of Uzbek letters and accents. */
export const folded = (password: string): string =>
  password
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[ʻʼ‘’'`´]/gu, '');

/** Such words alone, or with digits and signs around them: `toshkent123`, `2026Samarqand!`. */
export function isGuessable(password: string, own: readonly string[] = WORDS): boolean {
  const whole = folded(password);
  const rest = own.reduce((left, word) => left.replaceAll(word, ''), whole);
  return rest !== whole && rest.length <= MAX_FILL_CHARS && !/\p{L}/u.test(rest);
}
