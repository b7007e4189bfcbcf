import { expect, test } from 'vitest';
import { marketingChoice } from '../../src/core/marketing-words.ts';

const OUT = [
  'Stop promotions',
  'STOP_PROMOTIONS',
  'stop',
  'СТОП',
  'otpiska',
  'Отписка',
  'отписаться',
  'Отпишите меня, пожалуйста',
  'Как отписаться',
  'Хочу отписаться от рассылки',
  'unsubscribe',
  'Unsubscribe me please',
  'opt out',
  'OPT-OUT',
  'no more ads please',
  'bekor',
  'бекор',
  'Obunani bekor qilish',
  'обунани бекор қилиш',
  'obunadan chiqish',
  'Reklama yubormang',
  'Реклама керак эмас',
  'Reklamalarni toʻxtatish',
  'SMS yubormang',
  'Хабар юборманг',
  'Не присылайте рекламу',
  'Остановить рассылку',
];
const AGAIN = ['start', 'Старт', 'resume', 'Resume promotions', 'Возобновить рассылку', 'подписаться', 'Qayta obuna boʻlish'];
const NEITHER = [
  'Stop sign bormi?',
  'buyurtmani bekor qilish',
  'Отмените заказ',
  'cancel my order',
  'aksiya toʻxtadimi',
  'aksiyani toʻxtatmang',
  'Obunani bekor qilsam pul qaytadimi',
  'obuna narxi qancha',
  'Start qachon',
  'xabar bering',
  'когда акция заканчивается',
  'reklama berish kerak edi',
  'хочу подписку',
  'dont update my order',
  '',
];

test.each([
  ['no advertising', true, OUT],
  ['advertising again', false, AGAIN],
  ['neither', null, NEITHER],
])('%s', (_, choice, texts) => {
  expect(texts.filter((text) => marketingChoice(text) !== choice)).toEqual([]);
});
