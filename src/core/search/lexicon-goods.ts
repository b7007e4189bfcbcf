/** The format of lexicon-business. */
export const GOODS_NOTIONS = `
iphone: iphone iphon ayfon* айфон* aifon*
samsung: samsung* самсунг* samsun
xiaomi: xiaomi* сяоми* ксиаоми* xiomi shaomi* redmi* редми*
google: google* гугл* gugl*
windows: windows* виндоус* винда vindovs* vindous*
telegramword: telegram телеграм* telega
smartphone: smartfon* смартфон* smartphone* mobil_telefon
screen: ekran* displey* disple экран* дисплей* screen* display* =модуль
battery: batarey* akkumulyator* аккумулятор* батаре* battery batteries akum
charge: zaryad* заряд* charg* зарядк* quvvat*
laptop: noutbuk* ноутбук* laptop* notebook*
computer: kompyuter* компьютер* computer* =пк =pc
tablet: planshet* планшет* tablet*
camera: kamera* камер* camera*
speaker: dinamik* динамик* speaker*
microphone: mikrofon* микрофон* microphone*
headphones: naushnik* наушник* quloqchin* headphone* earphone* airpods
case: chexol* чехол чехл* g'ilof*
glass: oyna* стекл* glass zashita защитн*
data: ma'lumotlar* данные данных data fayl* файл*
restore: tikla* восстан* recover* restor* qaytarib_chiqar*
delete: o'chib o'chgan udalit* удалил* удален* deleted
password: parol* парол* password* pinkod
registration: ro'yxat* регистр* registr* zaregistr*
virus: virus* вирус* реклам*
firmware: proshivka* прошив* firmware
watersplash: suvga_tush* в_воду into_water водой утоп*
repairparts: ehtiyot_qism* zapchast* запчаст* spare_part*
tv: televizor* телевизор* tv
fridge: xolodilnik* холодильник* fridge
washer: kir_yuvish* стиральн* washing_machine
conditioner: konditsioner* кондиционер* air_condition*
furniture: mebel* мебел* furniture
sofa: divan* диван* sofa couch
bed: karavot* krovat* кровать кровати =bed
table: stol стол столик* table
door: eshik* двер* door
window: deraza* окно окна window*
curtain: parda* штор* занавес* curtain*
carpet: gilam* ковер* ковр* carpet* rug
apartment: kvartira* квартир* apartment* flat
room: xona xonalar комнат* номера room rooms
hotel: mehmonxona* гостиниц* отел* hotel*
dormitory: yotoqxona* общежит* dorm*
airport: aeroport* аэропорт* airport*
transfer: transfer* трансфер*
ticket: bilet* билет* ticket*
tour: sayohat* турист* =туры экскурс* tour tours trip
car: mashina* avtomobil* автомобил* машин* =car =cars
tyre: shina* balon* шины шина резин* tyre* tire tires
oil: moy масло масла oil
bicycle: velosiped* велосипед* bicycle* bike*
taxi: taksi* такси* taxi
cake: tort tortlar торт тортик* cake cakes
bread: non nonlar хлеб* bread lepeshk* лепешк*
bun: bulochk* булочк* bun buns
pastry: pishiriq* выпечк* pastry pastries
croissant: kruassan* круассан* croissant*
cookie: pechen'e* печень* cookie* biscuit*
cupcake: kapkeyk* капкейк* cupcake* keks* кекс*
dessert: shirinlik* десерт* сладост* сладк* dessert* sweets pirojn* пирожн*
icecream: muzqaymoq* морожен* ice_cream
coffee: kofe qahva* кофе* coffee
tea: choy чай чая чаю tea
drink: ichimlik* напит* drink drinks beverage*
juice: sharbat* сок соки juice*
water: =suv suvi вода воды воду =water
beer: pivo* пиво пива beer alkogol* алкогол* alcohol
food: ovqat* taom* еда еду блюд* food dish dishes yegulik
menu: menyu* меню menu
meat: go'sht* мясо мяса мясн* meat
chicken: tovuq* куриц* курин* chicken
fish: baliq* рыба рыбы рыбн* fish
lamb: qo'y_go'sht* баранин* lamb
beef: mol_go'sht* говядин* говяж* beef
cheese: pishloq* сыр сыром сырн* cheese
milk: =sut suti sutli молок* молочн* =milk
butter: sariyog'* сливочн* butter margarin* маргарин*
egg: tuxum* яйц* egg eggs
nuts: yong'oq* орех* nuts nut
pumpkin: oshqovoq* qovoq* тыкв* pumpkin*
potato: kartoshka* картош* картоф* potato*
fruit: meva* фрукт* fruit*
vegetables: sabzavot* овощ* vegetable*
rice: guruch* =рис =rice
pilaf: palov* =osh =oshi плов* pilaf plov
kebab: shashlik* kabob* шашлык* кебаб* kebab*
pizza: pitsa* пицц* pizza*
sushi: sushi* суши роллы
salad: salat* салат* salad*
soup: sho'rva* суп супы soup*
breakfast: nonushta* завтрак* breakfast*
dinner: kechki_ovqat ужин* dinner*
flour: =un =uni мука муки муку flour xamir* тесто
filling: nachinka* начинк*
chocolate: shokolad* шоколад* chocolate*
hall: zal zalda зал зале зала hall o'tirish* посидет* joylar мест мест* seat*
banquet: banket* банкет* banquet*
wedding: =to'y to'yga to'yda to'yi to'yxona* свадьб* свадебн* wedding* nikoh* kelin* невест* bride*
party: bayramga вечеринк* party
decoration: beza* украш* decor* оформлен*
balloon: shar sharlar шары шарик* balloon*
flowers: gul gullar guldasta* букет* цветы цветов цветами flower* bouquet*
candle: sham shamlar свеч* candle*
tooth: tish tishlar зуб* tooth teeth dental
gum: =milk milkdan milklar десн* gums
pain: og'riq* og'riy* болит болят больно боли pain painful painless ache hurt*
bleeding: qon qonay* кров* bleed* blood
extraction: sug'ur* tish_ol* oldirish oldirmoq* удал* extract*
caries: karies* кариес* caries cavity cavities
toothfilling: plomba* пломб* filling
implant: implant* имплант*
crown: koronk* qoplama* коронк* crown* toj
veneer: vinir* винир* veneer*
braces: breket* брекет* braces
aligner: elayner* элайнер* aligner*
whitening: oqart* отбелив* whiten*
denture: protez* протез* denture*
xray: rentgen* рентген* x-ray xray
anesthesia: narkoz* ukol* анестез* наркоз* укол* anesth* og'riqsiz*
pregnant: homilador* беремен* pregnan* ikkiqat*
nursing: emiz* кормящ* breastfeed*
doctor: shifokor* doktor* врач* доктор* doctor* vrach*
dentist: stomatolog* стоматолог* dentist*
surgeon: jarroh* хирург* surgeon*
examination: ko'rik* осмотр* checkup check-up
treatment: davola* лечен* лечит* treat*
cure: dori dorilar лекарств* таблет* medicine* pill
analysis: tahlil* analiz* анализ*
sterile: steril* стерил*
massage: massaj* массаж* massage*
clinic: klinika* клиник* clinic*
tooth_cleaning: tish_tozala* гигиен* gigiyen* чистка_зуб*
hair: soch sochlar волос* стриж* hair haircut*
manicure: manikyur* tirnoq* маникюр* manicure* nails
makeup: makiyaj* макияж* makeup
brows: qosh qoshlar бров* brow*
lashes: kiprik* ресниц* lash*
cosmetics: kosmetika* косметик* cosmetic*
perfume: atir* духи парфюм* perfume*
clothes: kiyim* одежд* clothes clothing
dress: ko'ylak* плать* dress dresses libos*
shirt: rubashka* рубашк* сорочк* shirt shirts
tshirt: futbolka* футболк* t-shirt*
trousers: shim shimlar брюк* штан* trousers pants
jeans: jinsi* джинс* jeans
coat: palto* пальто coat coats
jacket: kurtka* куртк* jacket*
downjacket: puxovik* пуховик*
skirt: yubka* юбк* skirt*
suit: kostyum* костюм* suit suits
sweater: sviter* свитер* кофт* sweater* kofta*
underwear: ichki_kiyim* бель* underwear
headscarf: ro'mol* платок платк* scarf
shoes: oyoq_kiyim* poyabzal* обув* shoe shoes
sneakers: krossovk* кроссовк* sneaker*
boots: botink* ботин* сапог* etik* boot boots
bag: sumka* сумк* bag bags
backpack: ryukzak* рюкзак* backpack*
uniform: forma формы форму uniform*
school: maktab* школ* school*
jewelry: taqinchoq* украшени* jewel* oltin* золот*
fabric: mato* gazlama* ткан* fabric* material*
cotton: paxta* хлопок хлопк* cotton
wool: =jun juni jundan junni шерст* wool*
sewing: tikib tikuv* tikish* tikasiz* tiktir* пошив* сшит* sew* tailor*
shorten: kaltal* qisqart* укорот* подшит* shorten*
washing: yuvish* yuvsa* стирк* стира* wash washing
drycleaning: ximchistka* химчист* dry_clean*
toys: o'yinchoq* игрушк*
books: kitob* darslik* книг* учебник* textbook* books
course: kurs kurslar курс* course courses
lesson: dars darslar урок* заняти* lesson* class classes
teacher: o'qituvchi* ustoz* преподават* учител* teacher* tutor*
learn: o'rgan* o'qimoq* o'qish* o'qit* обуча* обучен* учит* изуч* learn* study*
english: ingliz* английск* english
russian: =rus ruscha* русск* russian
korean: koreys* корейск* korean
german: nemis* немецк* german
arabic: arab arabcha* арабск* arabic
turkish: turk turkcha* турецк* turkish
exam: imtihon* экзамен* exam* test testi тест*
level: daraja* уров* level*
beginner: noldan boshidan с_нуля beginner*
programming: dasturla* программир* programm* coding
design: dizayn* дизайн* design*
accounting: buxgalter* бухгалт* accounting
mathematics: matematik* математик* math*
robotics: robototexnik* робототехник* robot*
camp: lager* лагер* camp
homework: uy_vazifa* домашн* homework
attendance: davomat* посещ* attendance
parents: ota-ona* родител* parent*
employment: ishga_joylash* трудоустр* employment
absence: kelmasa qoldir* пропуск* пропуст* missed absen*
late: kech_qol* kechik* опозда* опаздыв* late
native: chet_ellik* носител* иностран* foreign* native
flatshare: turar_joy* жиль* проживан* accommodation* housing
gym: zal_trenajor trenajor* спортзал* фитнес* fitness gym
swimming: suzish* basseyn* бассейн* плаван* swim*
music: musiqa* музык* music*
dance: raqs* танц* danc*
chess: shaxmat* шахмат* chess
cat: mushuk* кошк* кот cat cats
dog: =it kuchuk* собак* dog dogs
animal: hayvon* животн* animal* pet pets
oven: duxovka* духовк* oven
construction: qurilish* строит* construct*
paint: bo'yoq* краска краски paint*
light: chiroq* ламп* свет light lamp*
`;
