// One notion per line: its name, then its words in Uzbek, Russian and English. `*` any continuation, `=` the word alone, `_` a
// space in a phrase; otherwise any ending.
export const BUSINESS_NOTIONS = `
hours: ish_vaxt* ish_vaqt* ish_tartib* ish_soat* ish_grafi* ish_kun* grafik nechada_och* nechada_yop* soat_nech* nechagacha
hours: nechigacha nechchigacha ishlay* ochiq yopiq
hours: och_vaqt ochasiz* yopasiz* yopil* ochil* график режим время_работы часы_работы до_скольки до_скольких во_сколько работае*
hours: открыт* открыва* закрыт* закрыва*
hours: opening closing working_hours hours =open =opens =close =closes what_time qabul_vaqti qabul_kun* приемные_часы ish_rejim*
dayoff: dam_ol* выходн* weekend day_off bayram праздни* holiday*
monday: dushanba понедельник =пн monday
tuesday: seshanba вторник =вт tuesday
wednesday: chorshanba сред =ср wednesday
thursday: payshanba четверг =чт thursday
friday: juma пятниц =пт friday
saturday: =shanba shanbada shanbalari =shanbachi shanba_kun* суббот =сб saturday
sunday: yakshanba воскресень =вс sunday
address: manzil adres адрес qayerda qayer qaerda qaysi_joy joylashgan* joylashuv* mo'ljal ориентир находит* расположен* где_вы
address: как_добраться как_доехать как_пройти
address: address location located =where lokatsiya локаци* геолокац* geolokats* koʻcha ko'chasi улиц* =ул =street =дом
address: магазин_где
address: metro
branch: filial филиал branch bo'lim отделени*
phone: номер_телефон* telefon_raqam* telefon_nomer* raqam nomer номер phone_number your_number aloqa bog'lan* связат*
phone: контакт* contact kontakt
phone: qo'ng'iroq позвон* звон* =call call_center call-center колл-центр =тел =tel telegram instagram whatsapp
price: narx narxla* qancha* necha_pul nech_pul nechpul nechi_pul necha_so'm nechi_so'm nechadan nechtadan qanaqa_narx =цена
price: =цены
price: =цену =цен =ценам ценник
price: price_list прайс_лист прейскурант narxlar_ro'yxati narxnoma skoka скока skolka почом pochom
price: стоит стоят стоимост* сколько_сто* сколько_буд* сколько_за сколько_выйдет поч почем прайс price* pricing cost* how_much
price: rate =tarif tariflar тариф* rastsenk* расценк* pul_bo'ladi
delivery: yetkaz* dostavka доставк* достав* deliver* kuryer курьер* courier pochta почт* shipping =ship jo'nat* dastavk*
delivery: dastafka
delivery: olib_kelib olib_borib uyga_olib
region: viloyat регион* област* shahardan_tashqari region* other_city
discount: chegirma skidka скидк* aksiya акци* discount* promo* промо* =sale imtiyoz льгот* bonus бонус* keshbek кэшбек* cashback
discount: arzon* дешев* cheap* распродаж*
payment: to'lov to'lash to'lasa to'lasam to'laymiz to'laysiz to'lay to'lanadi оплат* платит* платеж* заплат* =pay payment* karta
payment: карт =card =cards naqd
payment: наличн* =cash plastik
payment: терминал* terminal click payme uzcard humo visa o'tkazma perechislen* перечислен*
installment: bo'lib_to'la* bo'lib_ber* bo'lib_bo'lib nasiya рассрочк* кредит* kredit muddatli installment* =loan oyma-oy oyma_oy
installment: bo'lib-bo'lib foizsiz
prepayment: avans oldindan_to'lov предоплат* аванс* залог* deposit zaklad garov prepay* задат*
warranty: kafolat гаранти* garanti* warrant* guarant* garantya
return: qaytar* возврат* вернут* верн* верне* return* refund* qaytib_ol*
exchange: almashtirib_ber* обмен* обменя* exchange*
complaint: shikoyat жалоб* complain* norozi претензи* yoqmas* yoqmadi
order: buyurtma zakaz* заказ* =order =orders =ordering
booking: yozil* navbat bron* брон* запис* appointment* booking =book reserv* резерв* band_qil* qabulga joy_band qabulga_yoz*
booking: o'tkazib_qo'y* отлож*
cancel: bekor_qil* bekor отмен* cancel* передума*
birthday: tug'ilgan_kun день_рождени* дня_рождени* birthday именин*
gift: sovg'a podark* подар* =gift =gifts present
certificate: sertifikat сертификат* certificate* diplom диплом* diploma* guvohnoma
vacancy: vakansi* ваканси* bo'sh_ish ish_o'rin* ishga ish_bor* =jobs job vacanc* hiring career* resume rezyume резюме
vacancy: работу_у_вас
vacancy: устроит* ishchi xodim_kerak maosh зарплат* salary
wholesale: ulgurji optom опт оптом оптов* wholesale bulk ko'tara
company: tashkilot организаци* фирм компани* compan* korporativ корпоратив* corporate shartnoma договор* contract ндс qqs юрлиц*
company: hisob-faktura счет-фактур* yuridik
parking: parkovka парковк* parking mashina_qo'y* стоянк* avtoturargoh
shop: do'kon* magazin* магазин* shop store market_place salon салон*
office: ofis* офис* office qabulxona* ресепшн* reception*
center: markaz* центр* center centre
wifi: wi-fi wifi вайфай вай-фай vayfay internet интернет*
document: hujjat документ* document* pasport паспорт* passport* spravka справк* ma'lumotnoma
duration: muddat qancha_vaqt necha_kun necha_soat necha_oy necha_daqiqa necha_hafta сколько_времени сколько_по_времени
duration: сколько_дней сколько_длит* =срок сроки сроков
duration: длит* how_long duration davomiy* davom_et* qancha_turadi_vaqt qancha_kut*
ready: tayyor_bo'l* tayyor готов* ready bitadi bitad*
age: yoshdan necha_yosh nechi_yosh =yosh yoshli yoshgacha лет возраст* =age ages how_old
children: bola bolalar bolalarga bolam farzand* детск* дети детей детям ребен* ребён* kid kids child* малыш*
women: ayol ayollar женск* женщин* women woman ladies xotin-qiz*
men: erkak erkaklar мужск* мужчин* =men =man
teenager: o'smir подрост* teen*
family: oila =семья =семьи =семье =семью =семьей =семьёй family families aka-uka opa-singil
student: talaba студент* student*
pensioner: pensioner пенсионер* pension* нафақа
size: o'lcham razmer размер* size sizes
colour: rang ranglar цвет цвета colour* color*
ingredients: tarkib состав* ingredient* mahsulot_tarkib
allergy: allergi* аллерг*
halal: halol халял* halal
sugar: shakar сахар* sugar* qand диабет* diabet*
gluten: gluten* глютен* kleykovin*
vegan: vegan* веган* вегетариан* vegetarian*
quality: sifat качеств* quality
original: original* оригинал* genuine authentic haqiqiy подлин*
copy: kopiya копия копии replica реплик* поддел* fake
new: yangi новинк* новый новая новые новое
used: ishlatilgan б/у =бу =used second_hand tutilgan eskirgan
free: bepul tekin* бесплатн* =free free_of
paid: pullik платн* пуллик
minimum: minimal минимал* minimum kamida eng_kam не_менее
photo: rasm surat фото фотк* photo photos picture* kartinka снимк* снимок
video: video видео*
online: onlayn онлайн* online masofa* дистанц* remote* zoom
site: sayt сайт* website site
status: holat статус* status отслед* track* где_мой_заказ buyurtmam_qayerda kelmadi не_пришел не_приш* qachon_keladi
storage: saqla* хран* storage muzlat* замороз* freez* muzlatgich
packaging: quti qadoq* короб* упаков* =box packag* wrap* o'ram
inscription: yozuv надпис* inscription* tabrik
rent: ijara* аренд* прокат* rent rental
consultation: konsultats* консультац* consult* maslahat*
languageword: tilda на_каком_языке in_which_language
safety: xavfsiz* безопас* safe safety
insurance: sug'urta страхов* insur*
contactless: kontaktsiz бесконтакт* contactless
repair: ta'mir* tuzat* remont ремонт* почин* чинит* repair* =fix =fixes =fixing usta_xizmat
replace: almashtir* замен* поменят* меня* сменит* replac*
install: o'rnat* установ* install* qo'ydir* ustanovka
broken: buzil* singan singil* yoril* разби* слома* треснул* broken crack* ishlamay* не_работает
clean: tozala* чистк* почист* clean* tozalik
lost: yo'qot* потеря* lost
start: boshlan* начина* начн* начал* start starts starting begin* ochiladi
schedule: jadval расписан* schedule timetable
group: guruh групп group groups
trial: sinov пробн* trial проб
evening: kechki kechqurun oqshom* вечер* evening
morning: ertalab ertalabki утр* утренн* morning
night: kechasi tungi ночь ночью ночн* night
lunch: tushlik обед* lunch
urgent: shoshilinch srochn* срочн* urgent* tez_kerak tezroq экспресс express
master: usta мастер* master
staffword: xodim сотрудник* персонал* staff
visitors: mehmon гост* guest*
accessibility: lift лифт* wheelchair nogiron* инвалид*
floor: qavat этаж* floor
city: shahar город* city
market: bozor базар* рынок market
charity: xayriya благотвор* charit* donat*
season: mavsum сезон* season*
club: klub клуб* club
membership: abonement абонемент* membership subscription obuna подписк*
`;
