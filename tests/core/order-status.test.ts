import { expect, test } from 'vitest';
import { asksOrderStatus } from '../../src/core/order-status.ts';

test.each([
  'buyurtmam qachon keladi?',
  'Buyurtmam qayerda qoldi',
  'zakazim tayyormi',
  'Буюртмам қачон келади',
  'буюртмамиз қаерда',
  'kuryeringiz qachon keladi',
  'Где мой заказ?',
  'когда привезут мой торт',
  'Какой статус моего заказа',
  'заказ 1543 готов?',
  'Where is my order?',
  'when will our package arrive',
])('%s is for a person', (text) => {
  expect(asksOrderStatus(text)).toBe(true);
});

test.each([
  'Buyurtmam kelmadi',
  'Tortni necha kun oldin buyurtma qilish kerak?',
  'yetkazib berish qachon',
  'dostavka qancha vaqtda keladi',
  'kuryer necha pul',
  'kuryer boʻlib ishga kirsam boʻladimi',
  'Сколько дней идёт доставка?',
  'Можно сделать заказ на завтра?',
  'When do you open?',
  'Can I order a cake for tomorrow?',
])('%s is not', (text) => {
  expect(asksOrderStatus(text)).toBe(false);
});
