import { globSync, readFileSync } from 'node:fs';
// Every action has its sentence in every language, and a line of any age can be shown.
import { beforeAll, expect, test } from 'vitest';
import { AUDIT_ACTIONS, type AuditAction, EVENT_KINDS } from '../../../src/core/audit-actions.ts';
import { HALT_REASONS } from '../../../src/core/broadcast-state.ts';
import { ACTIVITY_SENTENCES, actionsMeantBy, sentenceOf, type Words } from '../../../src/features/activity/activity-sentences.ts';
import { TABLE_NAMES } from '../../../src/features/analytics/analytics-tables.ts';
import { createFormats } from '../../../src/platform/formats.ts';
import { createI18n, type I18n } from '../../../src/platform/i18n/i18n.ts';
import { LANGUAGES, type Language, placeholdersOf, sentencesOf } from '../../support/locale-files.ts';
import { type SyntaxNode, sourceFiles, walk } from '../../support/source-tree.ts';

let i18n: I18n;
beforeAll(async () => {
  i18n = await createI18n();
});

const ACTIONS: AuditAction[] = EVENT_KINDS.flatMap((kind) => [...AUDIT_ACTIONS[kind]]);
const BOT = '01890000-0000-7000-8000-00000000000a';
const TARGET = '01890000-0000-7000-8000-00000000000b';
const NAMES = new Map([
  [BOT, 'Aida'],
  [TARGET, 'Telegram (Shop)'],
]);
const words = (language: Language): Words => ({ t: i18n.getFixedT(language), ...createFormats(language, 'Asia/Tashkent') });
const line = (action: string, details: Record<string, unknown> | null, targetType: string | null = null) => ({
  action,
  details,
  targetType,
  targetId: targetType && TARGET,
});
const say = (language: Language, ...about: Parameters<typeof line>) => sentenceOf(line(...about), words(language), NAMES);

test.each(LANGUAGES)('every action has a sentence in %s with its values', (language) => {
  const sentences = sentencesOf(language);
  const told = ACTIONS.map((action) => {
    const key = `audit.done.${action}`;
    const sentence = sentences.get(key) ?? sentences.get(`${key}_other`);
    return [action, sentence ? placeholdersOf(sentence) : 'no sentence'];
  });
  expect(Object.fromEntries(told)).toEqual(
    Object.fromEntries(ACTIONS.map((action) => [action, Object.keys(ACTIVITY_SENTENCES[action]).sort()])),
  );
});

test('every action has one kind, every kind a name, and every sentence an action', () => {
  expect(ACTIONS).toEqual([...new Set(ACTIONS)]);
  const keys = [...sentencesOf('en').keys()];
  expect(EVENT_KINDS.filter((kind) => !keys.includes(`audit.kind.${kind}`))).toEqual([]);
  const done = keys.filter((key) => key.startsWith('audit.done.')).map((key) => key.replace(/^audit\.done\.|_(one|other)$/g, ''));
  expect([...new Set(done)].sort()).toEqual(ACTIONS.toSorted());
});

test('every reason and table in a sentence has its text', () => {
  const keys = sentencesOf('en');
  const wanted = [
    ...HALT_REASONS.map((reason) => `audit.halt.${reason}`),
    ...[...TABLE_NAMES, 'questions'].map((table) => `analytics.panel.${table}`),
  ];
  expect(wanted.filter((key) => !keys.has(key))).toEqual([]);
});

test('every action is used, and every line has an action of the list', () => {
  const literals = new Set<string>();
  const writers: string[] = [];
  for (const file of sourceFiles()) {
    if (/INSERT INTO audit_lines|\.auditLine\.(create|upsert)/.test(file.text)) writers.push(file.path);
    if (/(audit-actions|activity-sentences)\.ts$/.test(file.path)) continue;
    for (const node of walk(file.tree)) for (const text of textsOf(node)) literals.add(text);
  }
  for (const path of globSync('src/**/*.sql')) {
    const text = readFileSync(path, 'utf8').replaceAll(/--.*/g, '');
    if (/INSERT INTO audit_lines/.test(text)) writers.push(path);
    for (const [, literal = ''] of text.matchAll(/'([^']*)'/g)) literals.add(literal);
  }
  const unwritten = ACTIONS.filter((action) => !literals.has(action) && !literals.has(`${action.split('.')[0]}.*`));
  expect(unwritten).toEqual([]);
  // The second has its own action type, because it inserts by a SELECT.
  expect(writers.sort()).toEqual([
    'src/features/activity/audit.service.ts',
    'src/features/connections/statements/record-polling-gap.sql',
  ]);
});

test.each(LANGUAGES)('in %s a line without details about a deleted object has a sentence', (language) => {
  for (const action of ACTIONS) {
    for (const details of [null, {}, { botId: 7, endsAt: 'no date', count: 'x', months: 'x', name: { a: 1 } }]) {
      const sentence = sentenceOf({ action, details, targetType: 'bot', targetId: null }, words(language), new Map());
      expect(sentence).not.toMatch(/undefined|NaN|null|Invalid|object|\{\{|audit\./);
      expect(sentence?.length).toBeGreaterThan(3);
    }
  }
});

test('an action of another version has no sentence, whatever it is called', () => {
  expect(say('en', 'user.flew', { count: 1 })).toBeNull();
  expect(say('en', 'constructor', null)).toBeNull();
});

test('details appear as text: names, plans, amounts, dates in the business’s zone', () => {
  const plan = { type: 'BASIC', endsAt: '2026-12-01T19:00:00Z', maxBots: 5, maxMessagesPerMonth: 5_000 };
  expect(say('en', 'subscription.changed', plan)).toBe(
    'Set the plan BASIC until 2 December 2026, 00:00. Bots: 5, AI answers a month: 5,000',
  );
  expect(say('ru', 'subscription.changed', { ...plan, endsAt: null })).toMatch(
    /^Задан тариф BASIC без даты окончания\. Ботов: 5, /,
  );
  expect(say('uz', 'subscription.changed', plan)).toContain('BASIC tarifi belgilandi, 2-dekabr, 2026, 00:00 gacha');
  expect(say('ru', 'upgrade.asked', { plan: 'PREMIUM', months: 3 })).toBe('Заявка на тариф PREMIUM: 3 месяца');
  expect(say('en', 'session.others_ended', { count: 1 })).toBe('Ended 1 session on another device');
  expect(say('en', 'connection.started', { botId: BOT }, 'connection')).toBe(
    'Started a channel of the bot “Aida”: Telegram (Shop)',
  );
  expect(say('en', 'bot.deleted', { name: 'Lola' }, 'bot')).toBe('Deleted the bot “Lola” with everything in it');
  expect(say('en', 'bot.created', { name: 'Lola', platform: 'whatsapp' }, 'bot')).toBe('Created the bot “Lola” (WhatsApp)');
  expect(say('en', 'broadcast.created', { botId: BOT, scheduledAt: null })).toContain('It goes out: at once');
  expect(say('en', 'broadcast.halted', { botId: BOT, reason: 'plan_limit' })).toContain('the plan does not cover');
  expect(say('en', 'analytics.exported', { botId: BOT, table: 'hours', period: '2026-11' })).toBe(
    'Saved “Busiest hours” of the bot “Aida” as CSV (November 2026)',
  );
  expect(say('en', 'bot.retention_changed', { botId: BOT, months: null })).toContain('as long as the bot exists');
  expect(say('en', 'support.viewed', null, 'conversations')).toBe('Looked, as support, at the list of conversations');
});

test('a search for words of a sentence finds its actions in the reader’s language', () => {
  expect(actionsMeantBy('signed UP', i18n.getFixedT('en'))).toEqual(['user.registered']);
  expect(actionsMeantBy('на паузу', i18n.getFixedT('ru'))).toEqual(['broadcast.paused']);
  expect(actionsMeantBy('', i18n.getFixedT('en'))).toEqual([]);
  expect(actionsMeantBy('{{bot}}', i18n.getFixedT('en'))).toEqual([]);
});

/** A string, or a template with its parts as `*`. */
function textsOf(node: SyntaxNode): string[] {
  if (node.type === 'Literal' && typeof node['value'] === 'string') return [node['value']];
  if (node.type !== 'TemplateLiteral') return [];
  return [(node['quasis'] as { value: { cooked: string } }[]).map((quasi) => quasi.value.cooked).join('*')];
}
