import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { VENDORED } from '../../src/platform/vendored.ts';
import { type Agent, type TestApp, testApp } from '../support/app.ts';
import { idOf, makeBot, newOwner, seedConnection, seedConversation, seedMessage } from '../support/owner.ts';

const LIMIT_BYTES = 120 * 1024;
// Every page has the language switch, whose Cyrillic letters load the second file.
const FONTS = ['inter-latin-wght-normal.woff2', 'inter-cyrillic-wght-normal.woff2'];
const inter = VENDORED.find(({ name }) => name === 'inter')?.dir as string;
const fontBytes = FONTS.reduce((sum, file) => sum + readFileSync(join(inter, file)).length, 0);
let site: TestApp;
let owner: Agent;
let conversation: string;
beforeAll(async () => {
  site = await testApp();
  const { agent, tenantId } = await newOwner(site);
  owner = agent;
  const botId = idOf(await makeBot(agent));
  const connectionId = await seedConnection(site, tenantId, botId);
  const id = await seedConversation(site, { tenantId, botId, connectionId });
  await seedMessage(site, tenantId, id, { direction: 'in', text: 'Are you open on Sunday?' });
  conversation = `/bots/${botId}/conversations/${id}`;
});
afterAll(() => site.close());

/** The page, and what its markup makes a browser fetch: stylesheet, scripts and the sprite of icons, compressed. */
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
    await firstVisitBytes(owner, conversation),
  ];

  expect(Math.max(...bytes)).toBeLessThanOrEqual(LIMIT_BYTES);
});
