import { expect, test } from 'vitest';
import { createSentences, type SentenceKey } from '../../src/answering/sentences.ts';
import { languageNamed } from '../../src/core/decide-reply.ts';
import { REPLY_LANGUAGES } from '../../src/core/languages.ts';
import {
  AI_FAILURE_REASONS,
  CONNECTION_FAILURE_REASONS,
  PEER_FAILURE_REASONS,
  WEBHOOK_REFUSALS,
} from '../../src/core/reasons.ts';
import { createI18n } from '../../src/platform/i18n/i18n.ts';

const i18n = await createI18n();
const sentence = createSentences({ i18n });
const KEYS: SentenceKey[] = [
  'start',
  'help',
  'language_ask',
  'language_set',
  'human',
  'sticker',
  'contact',
  'location',
  'unsupported',
  'too_large',
  'media_failed',
  'media_no_ai',
  'unknown',
  'pause',
  'small_talk.hello',
  'small_talk.thanks',
  'small_talk.bye',
  'small_talk.okay',
  'small_talk.how_are_you',
  'small_talk.robot',
  'small_talk.insult',
  'did_you_mean',
];

test.each(REPLY_LANGUAGES)('every sentence exists in %s and is filled', (language) => {
  for (const key of KEYS) {
    const text = sentence(language, key, { bot: 'Oltin Non' });
    expect(text).not.toContain('{{');
    expect(text).not.toContain(`bot.${key}`);
  }
});

test('Uzbek in Cyrillic keeps the name, the commands and nothing else in Latin letters', () => {
  expect(sentence('uz-Cyrl', 'start', { bot: 'Oltin Non' })).toContain('Мен Oltin Non ёрдамчисиман');
  expect(sentence('uz-Cyrl', 'unknown')).toContain('Саволингиз ходимларимизга кўриниб турибди.');
  expect(sentence('uz-Cyrl', 'help').replace(/\/(language|human|forget)/g, '')).not.toMatch(/[a-z]/i);
});

test('the short names of the days are Cyrillic in Cyrillic', () => {
  const days = ([1, 2, 3, 4, 5, 6, 7] as const).map((day) => sentence('uz-Cyrl', `business.short.${day}`));
  expect(days).toEqual(['Ду', 'Се', 'Чор', 'Пай', 'Жу', 'Шан', 'Як']);
});

test('a bot named like a placeholder or a translation call stays text', () => {
  expect(sentence('uz-Cyrl', 'start', { bot: '{{choices}} $t(bot.help)' })).toContain('{{choices}} $t(bot.help)');
  expect(sentence('en', 'start', { bot: '{{choices}} $t(bot.help)' })).toContain('{{choices}} $t(bot.help)');
});

test('every choice offered is understood when it comes back', () => {
  const lines = sentence('ru', 'language_ask').match(/\/language \S+/g) ?? [];
  expect(lines.map((line) => languageNamed(line.replace('/language ', '')))).toEqual(['en', 'ru', 'uz', 'uz-Cyrl']);
});

test.each(['en', 'ru', 'uz'])('every reason has its words and its remedy in %s', (lng) => {
  const keys = [
    ...[...AI_FAILURE_REASONS, 'no_knowledge'].map((reason) => `reasons.ai.${reason}`),
    ...PEER_FAILURE_REASONS.map((reason) => `reasons.peer.${reason}`),
    ...CONNECTION_FAILURE_REASONS.map((reason) => `reasons.connection.${reason}`),
    ...WEBHOOK_REFUSALS.map((reason) => `reasons.webhook.meta.${reason}`),
    ...WEBHOOK_REFUSALS.filter((reason) => reason !== 'wrong_verify_token').map((reason) => `reasons.webhook.telegram.${reason}`),
  ].flatMap((key) => [key, `${key}_remedy`]);

  expect(keys.filter((key) => !i18n.exists(key, { lng, fallbackLng: [] }))).toEqual([]);
});
