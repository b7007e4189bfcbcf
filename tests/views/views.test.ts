import { expect, test } from 'vitest';
import { assetUrl, iconUrl } from '../../src/platform/assets.ts';
import { iconSprite, namedIcons } from '../../src/platform/icons.ts';
import { filesOf, textOf } from '../support/source-tree.ts';

// What autoescape does not cover, and what the content security policy would refuse anyway.
const FORBIDDEN: [string, RegExp][] = [
  ['an inline script', /<script(?![^>]*\bsrc=)[^>]*>/i],
  ['a style element', /<style[\s>]/i],
  ['a style attribute', /\sstyle\s*=/i],
  ['an event attribute', /<[a-z][^>]*\son[a-z]+\s*=/i],
  ['a way around escaping', /\|\s*safe\b|autoescape\s+false/],
  ['an attribute without quotes around its value', /<[a-z][^<>]*\s[\w-]+=\{\{/i],
  ['an address whose scheme comes from data', /\s(?:href|src|action|formaction)\s*=\s*"\{\{(?!\s*(?:asset\(|url\(|["']))/i],
];

const views = filesOf('views/**/*.njk').map((path) => ({ path, text: textOf(path) }));
const markupOf = (text: string): string => text.replace(/\{#[\s\S]*?#\}/g, (comment) => comment.replace(/[^\n]/g, ' '));

test.each(FORBIDDEN)('no view has %s', (_what, pattern) => {
  const found = views.flatMap(({ path, text }) =>
    markupOf(text)
      .split('\n')
      .flatMap((line, at) => (pattern.test(line) ? [`${path}:${at + 1} ${line.trim()}`] : [])),
  );
  expect(found).toEqual([]);
});

test('the first line of every view names its routes and locals', () => {
  expect(views.filter(({ text }) => !/^\{#[^\n]{10,}/.test(text)).map(({ path }) => path)).toEqual([]);
});

test('every form that posts carries the CSRF field', () => {
  const forms = views.flatMap(({ path, text }) =>
    [...markupOf(text).matchAll(/<form\b[^>]*>[\s\S]*?<\/form>/gi)].map(([form]) => ({ path, form })),
  );
  const posting = forms.filter(({ form }) => /method\s*=\s*"?post/i.test(form));
  expect(
    posting.filter(({ form }) => !/_csrf|csrf/i.test(form)).map(({ path, form }) => `${path}: ${form.split('\n')[0]}`),
  ).toEqual([]);
});

test.each(namedIcons())('%s is an icon of Font Awesome and in the sprite', (name) => {
  expect(iconSprite()).toContain(`<symbol id="${name}" viewBox="0 0 `);
});

test('an icon that Font Awesome lacks is refused', () => {
  expect(() => iconUrl('fa-no-such-icon', assetUrl)).toThrow('fa-no-such-icon');
});
