import express from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { assetUrl } from '../../src/platform/assets.ts';
import { stylesheet } from '../../src/platform/stylesheet.ts';
import { usedRules } from '../../src/platform/used-rules.ts';
import { assets } from '../../src/web/assets.ts';

const app = express().use(assets());
const YEAR = 'public, max-age=31536000, immutable';

test('an address with the content hash may be kept for a year', async () => {
  for (const path of ['/favicon.svg', '/assets/app.css', '/assets/icons.svg']) {
    const res = await request(app).get(assetUrl(path));

    expect(res.status).toBe(200);
    expect(res.headers['cache-control']).toBe(YEAR);
  }
});

test('the same file without its hash, or with another, is revalidated', async () => {
  for (const path of ['/favicon.svg', '/favicon.svg?v=old', '/assets/app.css?v=old']) {
    const res = await request(app).get(path);

    expect(res.status).toBe(200);
    expect(res.headers['cache-control']).not.toContain('immutable');
  }
});

test('every font and picture of the stylesheet is served', async () => {
  const addresses = [...stylesheet().matchAll(/url\((\/[^)"':]+)\)/g)].map(([, address]) => address as string);
  expect(addresses.length).toBeGreaterThan(5);

  for (const address of new Set(addresses)) {
    const res = await request(app).get(address);
    expect([address, res.status]).toEqual([address, 200]);
  }
});

test('a font is kept for a year under its package version', async () => {
  const res = await request(app).get(assetUrl('/assets/vendor/inter/inter-latin-wght-normal.woff2'));

  expect(res.status).toBe(200);
  expect(res.headers['cache-control']).toContain('immutable');
});

test.each(['/assets/app.css', '/assets/icons.svg'])('%s is compressed', async (path) => {
  const res = await request(app).get(path).set('Accept-Encoding', 'gzip');

  expect(res.headers['content-encoding']).toBe('gzip');
});

test('the layers come first in the stylesheet, and every import is resolved', () => {
  expect(stylesheet()).toMatch(/^@layer reset, bootstrap, base, components, pages;/);
  expect(stylesheet()).not.toContain('@import');
});

test("only Bootstrap's rules whose classes are all used are kept", () => {
  const css =
    '.a,.b:not(.c,.d){x:1}.a .b{x:2}p{x:3}@media print{.a{animation:k}.b{x:4}}@keyframes k{0%{x:5}}@keyframes l{0%{x:6}}';

  expect(usedRules(css, new Set(['a']))).toBe('.a{x:1}@media print{.a{animation:k}}@keyframes k{0%{x:5}}');
});

test.each([
  '/assets/vendor/inter/5.3.0/package.json',
  '/../package.json',
  '/%2e%2e/package.json',
  '/.gitignore',
  '/css',
])('%s is not served', async (path) => {
  expect((await request(app).get(path)).status).toBeGreaterThanOrEqual(400);
});

test('a file that does not exist keeps its plain address', () => {
  expect(assetUrl('/js/no-such-file.js')).toBe('/js/no-such-file.js');
});
