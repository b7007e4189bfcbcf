import { expect, test } from 'vitest';
import { unlinked } from '../../src/core/unlinked.ts';

test.each([
  ['Pay at https://evil.example/x', 'Pay at https: //evil. example/x'],
  ['evil.com', 'evil. com'],
  ['www.evil.uz 10:30', 'www. evil. uz 10:30'],
  ['вход.рф', 'вход. рф'],
  ['evil。com', 'evil。 com'],
  ['host.1.com', 'host. 1. com'],
  ['tg://resolve?domain=x', 'tg: //resolve?domain=x'],
  ['Aziz Karimov, 12.500 soʻm', 'Aziz Karimov, 12.500 soʻm'],
])('%j is %j in a mail', (text, shown) => {
  expect(unlinked(text)).toBe(shown);
});
