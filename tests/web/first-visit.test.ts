import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VENDORED } from '../../src/platform/vendored.ts';
import { type Agent, type TestApp, testApp } from '../support/app.ts';
import { below } from '../support/factories.ts';
import { newShop } from '../support/owner.ts';

const LIMIT_BYTES = 120 * 1024;
// Every page has the language switch, whose Cyrillic letters load the second file.
const FONTS = ['inter-latin-wght-normal.woff2', 'inter-cyrillic-wght-normal.woff2'];
const inter = VENDORED.find(({ name }) => name === 'inter')?.dir as string;
const fontBytes = FONTS.reduce((sum, file) => sum + readFileSync(join(inter, file)).length, 0);
let site: TestApp;
let owner: Agent;
let botPage: string;
let conversation: string;
beforeAll(async () => {
  site = await testApp();
  const { agent, bot, ...shop } = await newShop(site);
  owner = agent;
  const asked = below(shop).withCustomer().withMessages({ direction: 'in', text: 'Are you open on Sunday?' });
  botPage = bot;
  conversation = `${bot}/conversations/${(await asked.in(site)).conversationId}`;
});
afterAll(() => site.close());

/** The compressed page with its stylesheet, scripts and icon sprite. */
async function firstVisitBytes(agent: Agent, path: string): Promise<number> {
  const page = await agent.get(path);
  expect([path, page.status]).toEqual([path, 200]);
  const named = [...page.text.matchAll(/(?:<use href|<script[^>]* src|rel="stylesheet" href)="(\/[^"#]+)/g)];
  const addresses = new Set(named.map(([, address]) => address as string));
  let bytes = gzipSync(page.text).length + fontBytes;
  for (const address of addresses) {
    const file = await agent.get(address).buffer(true);
    expect([address, file.status]).toEqual([address, 200]);
    bytes += gzipSync(file.text ?? file.body).length;
  }
  expect(addresses.size).toBeGreaterThan(1);
  return bytes;
}

test('a first visit loads at most 120 KB, fonts included', async () => {
  const visitor = site.agent();
  const bytes = [
    await firstVisitBytes(visitor, '/'),
    await firstVisitBytes(visitor, '/login'),
    await firstVisitBytes(owner, '/dashboard'),
    await firstVisitBytes(owner, botPage),
    await firstVisitBytes(owner, conversation),
    await firstVisitBytes(owner, `${botPage}/analytics?period=90`),
  ];

  expect(Math.max(...bytes)).toBeLessThanOrEqual(LIMIT_BYTES);
});
