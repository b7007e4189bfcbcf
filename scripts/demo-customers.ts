// The customers of the bakery in `npm run demo`.
import type { ChannelKind } from '../src/core/message.ts';

export interface DemoCustomer {
  channel: ChannelKind;
  /** The id on Telegram and Instagram, the phone number on WhatsApp. */
  id: string;
  firstName: string;
  username: string;
  languageCode: string;
  /** `shares`: the caption of a post that the question is about. */
  questions: readonly (string | { text: string; shares: string })[];
}

export const DEMO_CUSTOMERS: readonly DemoCustomer[] = [
  {
    channel: 'telegram',
    id: '301',
    firstName: 'Malika',
    username: 'malika_t',
    languageCode: 'uz',
    questions: [
      'Assalomu alaykum',
      'Bugun soat nechagacha ochiqsiz?',
      'Patir necha pul turadi?',
      'Tugʻilgan kunga tort buyurtma qilsam boʻladimi?',
    ],
  },
  {
    channel: 'telegram',
    id: '302',
    firstName: 'Жасур',
    username: 'jasur_uz',
    languageCode: 'uz',
    questions: [
      'Ассалому алайкум',
      'Етказиб бериш қанча туради?',
      'Payme орқали тўласа бўладими?',
      'Тўй учун патир буюртма қилмоқчиман, чегирма борми?',
    ],
  },
  {
    channel: 'telegram',
    id: '303',
    firstName: 'Ольга',
    username: 'olga_k',
    languageCode: 'ru',
    questions: [
      'Здравствуйте',
      'Сколько стоит доставка?',
      'За сколько дней нужно заказать торт?',
      'Хлеб оказался несвежим, что делать?',
    ],
  },
  {
    channel: 'telegram',
    id: '304',
    firstName: 'Тимур',
    username: 'timur_r',
    languageCode: 'ru',
    questions: [
      'Какой у вас адрес?',
      'Почём самаркандская лепёшка?',
      'Вы открыты в праздники?',
      'У вас есть свободные вакансии?',
    ],
  },
  {
    channel: 'telegram',
    id: '305',
    firstName: 'Emma',
    username: 'emma_in_tashkent',
    languageCode: 'en',
    questions: [
      'Hello',
      'What is your address?',
      'Is there gluten in your bread?',
      'How long does delivery take?',
      'Can I pay by card?',
    ],
  },
  {
    channel: 'whatsapp',
    id: '998901234567',
    firstName: 'Shahnoza',
    username: 'shahnoza',
    languageCode: 'uz',
    questions: ['Salom', 'Samarqand noni bormi, narxi qancha?', 'Uyga yetkazib berasizlarmi?', 'Karta bilan toʻlasam boʻladimi?'],
  },
  {
    channel: 'instagram',
    id: '6843250472390123',
    firstName: 'Камила',
    username: 'kamila.bakes',
    languageCode: 'ru',
    questions: [
      'Добрый день',
      { text: 'Сколько стоит килограмм?', shares: 'Торт на заказ 🎂' },
      'Можно надпись на торте?',
      'До скольки вы открыты?',
    ],
  },
];
