// The people who write to the bakery in `npm run demo`.

export interface DemoCustomer {
  userId: number;
  firstName: string;
  username: string;
  languageCode: string;
  questions: readonly string[];
}

export const DEMO_CUSTOMERS: readonly DemoCustomer[] = [
  {
    userId: 301,
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
    userId: 302,
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
    userId: 303,
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
    userId: 304,
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
    userId: 305,
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
];
