import { expect, test } from 'vitest';
import { sameQuestion } from '../../src/core/same-question.ts';

const SAME = `
skidka bormi | chegirma bormi
skidka bormi | есть скидки?
chegirma bormi? | Чегирма борми
есть скидки? | do you have any discounts?
Assalomu alaykum, chegirma bormi | Здравствуйте, есть ли у вас скидки?
sizlarda skidka bormikan | Скидка есть?
yetkazib berasizmi | dostavka bormi
yetkazib berish bormi? | Есть доставка?
Доставка есть? | do you deliver?
Етказиб бериш хизмати борми | yetkazib berish xizmati bormi
manzilingiz qayerda | где вы находитесь?
adres | manzil qayerda
Napoleon narxi qancha | Сколько стоит наполеон?
napoleon qancha | napoleon narxi
Наполеон сколько? | napoleon necha pul
Plov qancha turadi | сколько стоит плов
how much is the napoleon cake | napoleon torti narxi
3 xonali kvartira narxi | Uch xonali kvartira narxi qancha?
3-xonali kvartira narxi | 3xonali kvartira narxi
трехкомнатная квартира цена | сколько стоит 3 комнатная квартира
iphone 13 narxi | айфон 13 сколько стоит
nechida ochilasiz | во сколько открываетесь?
soat nechada yopilasiz | when do you close?
dam olish kunlari ishlaysizmi | вы работаете в выходные?
yakshanba kuni ishlaysizmi | Вы работаете в воскресенье?
karta orqali to'lasa bo'ladimi | Можно оплатить картой?
naqd to'lov bormi | Можно платить наличными?
bo'lib to'lash bormi | есть рассрочка?
nasiya bormi | muddatli to'lov bormi
kafolat bormi | Гарантия есть?
kafolat beriladimi | do you give a warranty?
parkovka bormi | есть парковка?
mashina qo'yish joyi bormi | parking bormi
wifi bormi | Есть у вас вайфай?
halolmi | это халяль?
bolalar uchun menyu bormi | есть детское меню?
sertifikat berasizmi | Сертификат даёте?
viloyatga yetkazib berasizmi | доставляете в регионы?
toʻy zakaz qabul qilasizmi | to'y buyurtma qabul qilasizlarmi
vakansiya bormi | есть вакансии?
ish bormi sizlarda, ishga olasizmi | вакансии есть
sovg'a qutisi bormi | есть подарочная упаковка?
qaytarib bersa bo'ladimi | можно вернуть товар?
Xadicha ustoz darsi bormi | Хадича устоз дарси борми?
shakarsiz tort bormi | есть торт без сахара?
telefon raqamingiz | номер телефона
shokoladli desert bormi | shokaladli desert bormi
50 000 so'mlik sertifikat bormi | 50 ming so'mlik sertifikat bormi
Ish vaqtingiz qanday? | Режим работы?
Soat nechida yopiladi do'kon | магазин до скольки работает
stol band qilish mumkinmi | можно забронировать столик
Kurs davomiyligi qancha | сколько длится курс
O'zbekiston bo'ylab yetkazib berasizmi? | доставка по Узбекистану есть?
Fargʻonaga yetkazib berasizmi | доставляете в Фергану?
kafolat necha oy | сколько месяцев гарантия
vegetarian taom bormi | есть вегетарианские блюда?
`;

const OTHER = `
3 xonali narxi | 2 xonali narxi
uch xonali kvartira narxi | ikki xonali kvartira narxi
iphone 13 narxi | iphone 14 narxi
iphone 13 narxi | iphone 13 pro narxi
Samsung S21 narxi | Samsung S22 narxi
napoleon bormi | medovik bormi
napoleon narxi | medovik narxi
napoleon narxi | napoleon bormi
Malika opa qachon ishlaydi | Nodira opa qachon ishlaydi
Aziz ustozning darsi | Jasur ustozning darsi
Samarqandga yetkazib berasizmi | Buxoroga yetkazib berasizmi
Samarqandda filial bormi | Samarqandga yetkazib berasizmi
chegirma bormi | talabalarga chegirma bormi
karta orqali to'lasa bo'ladimi | naqd to'lasa bo'ladimi
click bilan to'lov | payme bilan to'lov
nechida ochilasiz | nechida yopilasiz
shanba kuni ishlaysizmi | yakshanba kuni ishlaysizmi
dushanba ishlaysizmi | juma ishlaysizmi
yetkazib berish bormi | yetkazib berish narxi qancha
yetkazib berish qancha vaqt oladi | yetkazib berish qancha turadi
есть доставка? | есть самовывоз?
есть скидки? | есть рассрочка?
manzil qayerda | telefon raqamingiz
сколько стоит плов | сколько стоит шашлык
1 kg somsa narxi | 2 kg somsa narxi
5 kishilik stol band qilmoqchiman | 10 kishilik stol band qilmoqchiman
oltinchi qavatdagi xona | yettinchi qavatdagi xona
ingliz tili kursi narxi | rus tili kursi narxi
matematika kursi bormi | fizika kursi bormi
kafolat bormi | sertifikat bormi
50 ming so'mlik sertifikat | 100 ming so'mlik sertifikat
09:00 ga yozilsam bo'ladimi | 10:00 ga yozilsam bo'ladimi
Click bormi | Humo bormi
batareya almashtirish narxi | ekran almashtirish narxi
iphone ekran narxi | samsung ekran narxi
bolalar uchun kurs bormi | kattalar uchun kurs bormi
ayollar zali bormi | erkaklar zali bormi
tort narxi | tortni qaytarish
parkovka bormi | wifi bormi
keshbek bormi | chegirma bormi
Chilonzor filiali manzili | Yunusobod filiali manzili
kredit muddati qancha | kredit foizi qancha
yangi telefon bormi | ishlatilgan telefon bormi
nonushta bormi | tushlik bormi
Telegram kanalingiz bormi | Instagram sahifangiz bormi
qizlar uchun kiyim | o'g'il bolalar uchun kiyim
oq rang bormi | qora rang bormi
ertaga ochiqmisiz | bugun ochiqmisiz
Doctor Karimov qachon qabul qiladi | Doctor Aliyev qachon qabul qiladi
Есть ли анализ на витамин D | Есть ли анализ на витамин B12
qizil rang bormi | ko'k rang bormi
`;

const pairsOf = (list: string): string[][] =>
  list
    .trim()
    .split('\n')
    .map((line) => line.split(' | '));

test.each(pairsOf(SAME))('%s = %s', (a = '', b = '') => {
  expect([sameQuestion(a, b), sameQuestion(b, a)]).toEqual([true, true]);
});

test.each(pairsOf(OTHER))('%s ≠ %s', (a = '', b = '') => {
  expect([sameQuestion(a, b), sameQuestion(b, a)]).toEqual([false, false]);
});

test('a message without words is only the same as itself', () => {
  expect([sameQuestion('???', '???'), sameQuestion('salom', 'rahmat'), sameQuestion('', 'narx')]).toEqual([true, false, false]);
});
