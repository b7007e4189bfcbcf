// The example business of `npm run demo`: a bakery in Tashkent whose customers write in three languages.

import { type BusinessFacts, NO_FACTS } from '../src/core/business-facts.ts';

export const BAKERY = {
  username: 'demo',
  email: 'demo@example.com',
  bot: {
    name: 'Oltin Non',
    systemPrompt:
      'Siz Toshkentdagi “Oltin Non” novvoyxonasining yordamchisisiz. Mijozlarga non, shirinlik, buyurtma va yetkazib berish haqida ' +
      'qisqa, aniq va xushmuomala javob bering. Narx va vaqtni faqat bilimlardan oling, oʻzingizdan qoʻshmang.',
  },
} as const;

export const BAKERY_FACTS: BusinessFacts = {
  ...NO_FACTS,
  hours: Array.from({ length: 7 }, () => [{ from: 7 * 60, to: 22 * 60 }]),
  addresses: [
    { text: 'Toshkent shahri, Chilonzor tumani, Bunyodkor koʻchasi, 12-uy', link: '', note: 'Novza metro bekati yonida' },
  ],
  payment: { methods: ['cash', 'payme', 'click', 'uzcard', 'humo'], other: '' },
  delivery: {
    offered: true,
    price: '15 000 soʻm',
    freeFrom: '200 000 soʻm',
    area: 'Toshkent boʻylab',
    time: 'taxminan bir soat, 9:00 dan 21:00 gacha',
  },
};

export const BAKERY_KNOWLEDGE: readonly { title: string; content: string }[] = [
  {
    title: 'Ish vaqti va manzil',
    content:
      'Novvoyxona har kuni soat 7:00 dan 22:00 gacha ochiq, bayram kunlari 9:00 dan 20:00 gacha ishlaymiz. ' +
      'Manzilimiz: Toshkent shahri, Chilonzor tumani, Bunyodkor koʻchasi, 12-uy. Moʻljal: Novza metro bekati.',
  },
  {
    title: 'Non turlari va narxlari',
    content:
      'Obi non 4 000 soʻm, patir 8 000 soʻm, qora non 9 000 soʻm, Samarqand noni 12 000 soʻm turadi. ' +
      'Issiq non har kuni soat 7:00, 12:00 va 17:00 da tandirdan chiqadi.',
  },
  {
    title: 'Buyurtma tortlar',
    content:
      'Tortlarga buyurtma kamida 24 soat oldin qabul qilinadi. Bir kilogramm tort 140 000 soʻmdan boshlanadi. ' +
      'Tort ustiga yozuv yozish bepul. Oldindan toʻlov summaning yarmi.',
  },
  {
    title: 'Yetkazib berish',
    content:
      'Toshkent boʻylab yetkazib berish 15 000 soʻm va taxminan bir soat vaqt oladi. 200 000 soʻmdan ortiq buyurtmani bepul yetkazamiz. ' +
      'Yetkazib berish soat 9:00 dan 21:00 gacha.',
  },
  {
    title: 'Toʻlov usullari',
    content: 'Naqd pul, bank kartasi, Payme va Click orqali toʻlash mumkin. Tashkilotlarga hisob-faktura beramiz.',
  },
  {
    title: 'Toʻy va tadbirlar',
    content:
      'Toʻy va tadbirlar uchun 50 tadan ortiq patir yoki somsa buyurtma qilsangiz, 10 foiz chegirma bor. Buyurtmani uch kun oldin bering.',
  },
  {
    title: 'Часы работы и адрес',
    content:
      'Пекарня открыта каждый день с 7:00 до 22:00, в праздники с 9:00 до 20:00. ' +
      'Адрес: Ташкент, Чиланзарский район, улица Бунёдкор, дом 12, рядом с метро «Новза».',
  },
  {
    title: 'Цены на хлеб и выпечку',
    content:
      'Оби-нон стоит 4 000 сумов, патыр 8 000 сумов, чёрный хлеб 9 000 сумов, самаркандская лепёшка 12 000 сумов. ' +
      'Самса с мясом стоит 10 000 сумов, круассан 14 000 сумов.',
  },
  {
    title: 'Торты на заказ',
    content:
      'Торт нужно заказать не позже чем за 24 часа. Килограмм торта стоит от 140 000 сумов. Надпись на торте бесплатна. ' +
      'Предоплата составляет половину суммы.',
  },
  {
    title: 'Доставка',
    content:
      'Доставка по Ташкенту стоит 15 000 сумов и занимает около часа. От 200 000 сумов доставка бесплатная. Возим с 9:00 до 21:00.',
  },
  {
    title: 'Возврат и жалобы',
    content:
      'Если хлеб оказался несвежим, принесите его с чеком в тот же день: мы обменяем его или вернём деньги. ' +
      'С жалобой можно позвонить управляющей по номеру +998 71 200 12 12.',
  },
  {
    title: 'Opening hours and address',
    content:
      'The bakery is open every day from 7:00 to 22:00, on public holidays from 9:00 to 20:00. ' +
      'Our address is 12 Bunyodkor Street, Chilonzor district, Tashkent, next to Novza metro station.',
  },
  {
    title: 'Cakes to order',
    content:
      'Please order a cake at least 24 hours ahead. A kilogram costs from 140,000 soʻm. Writing on the cake is free. ' +
      'Half of the price is paid in advance.',
  },
  {
    title: 'Delivery and payment',
    content:
      'Delivery within Tashkent costs 15,000 soʻm and takes about an hour; it is free for orders over 200,000 soʻm. ' +
      'You can pay with cash, a bank card, Payme or Click.',
  },
  {
    title: 'Allergens',
    content:
      'All our bread contains wheat gluten. Croissants and cakes contain milk, eggs and may contain traces of nuts. ' +
      'We bake no gluten-free bread yet. Everything is halal.',
  },
];
