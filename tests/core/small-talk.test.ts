import { expect, test } from 'vitest';
import { smallTalkAfter, smallTalkOf } from '../../src/core/small-talk.ts';

test.each([
  ['Salom', 'hello'],
  ['Ассалому алайкум!', 'hello'],
  ['assalomu alaykum yaxshimisiz', 'how_are_you'],
  ['Добрый день', 'hello'],
  ['good morning', 'hello'],
  ['Katta rahmat 🙏', 'thanks'],
  ['Спасибо вам большое!', 'thanks'],
  ['thank you so much', 'thanks'],
  ["xo'p, rahmat", 'thanks'],
  ['до свидания', 'bye'],
  ['xayr', 'bye'],
  ['Xoʻp', 'okay'],
  ['ok', 'okay'],
  ['понятно', 'okay'],
  ['Assalomualaykum', 'hello'],
  ['Asalomu aleykum', 'hello'],
  ['Salooom', 'hello'],
  ['Hop boʻladi', 'okay'],
  ['Yoʻq', 'okay'],
  ['👍', 'okay'],
  ['🙏🙏', 'thanks'],
  ['😂', 'okay'],
  ['xaxaxa', 'okay'],
  ['sen robotmisan?', 'robot'],
  ['Ты бот?', 'robot'],
  ['are you a bot', 'robot'],
  ['Салом, ишлар яхшими', 'how_are_you'],
  ['Как дела?', 'how_are_you'],
  ['Rahmat katta, omad', 'thanks'],
  ['ahmoq bot', 'insult'],
  ['ты тупой', 'insult'],
  ['Assalamu alaykum', 'hello'],
  ['Ассаломалейкум', 'hello'],
  ['доброго времени суток', 'hello'],
  ['Hayrli kun', 'hello'],
  ['salom bolalar', 'hello'],
  ['алло', 'hello'],
  ['👋', 'hello'],
  ['boʻldi rahmat', 'thanks'],
  ['sogʻ boʻling', 'thanks'],
  ['всё понятно', 'okay'],
  ['не за что', 'okay'],
  ['kerak emas', 'okay'],
  ['keyinroq yozaman', 'okay'],
  ['see you later', 'okay'],
  ['good night', 'bye'],
  ['Hmm', 'okay'],
  ['+', 'okay'],
  ['Вы живой человек?', 'robot'],
  ['are you human?', 'robot'],
  ['odammisiz yoki botmi', 'robot'],
  ['как вас зовут?', 'robot'],
  ['siz kimsiz', 'robot'],
])('%s is %s', (text, kind) => {
  expect(smallTalkOf(text)).toBe(kind);
});

test.each([
  'Salom, non bormi?',
  'Здравствуйте, сколько стоит торт?',
  'hello do you deliver',
  '',
  'ok 5',
  'day',
  'bot qancha turadi',
  'нужен бот для магазина',
  'ha, 2 kg',
  'non',
  'не понял',
  '5 человек',
  'ai kurs bormi',
  'what is the name of the cake',
  'see all',
  'who is this for',
])('%j is not', (text) => {
  expect(smallTalkOf(text)).toBeNull();
});

test('an assent to a question is an answer', () => {
  expect(smallTalkAfter('Yetkazib beraylikmi?', 'ha')).toBeNull();
  expect(smallTalkAfter('Yetkazib beramiz.', 'ok')).toBe('okay');
  expect(smallTalkAfter(undefined, 'Salom')).toBe('hello');
  expect(smallTalkAfter('Yana savolingiz bormi?', 'rahmat')).toBe('thanks');
});
