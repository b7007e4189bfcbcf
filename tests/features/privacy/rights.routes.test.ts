import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId } from '../../../src/platform/crypto/ids.ts';
import { type Agent, postForm, type TestApp, testApp } from '../../support/app.ts';
import { addMessage, below } from '../../support/factories.ts';
import { newShop } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function business() {
  const shop = await newShop(site);
  const chat = async (firstName: string) => {
    const { messageId: replyTo, ...asked } = await below(shop)
      .withCustomer({ firstName })
      .withMessages({ direction: 'in', text: `I am ${firstName}` })
      .in(site);
    await addMessage(site, asked, { direction: 'out', text: `Hello ${firstName}`, replyTo });
    return asked.conversationId;
  };
  return { ...shop, chats: [await chat('Anvar'), await chat('Barno')] as [string, string] };
}

const count = async (table: string, tenantId: string): Promise<number> =>
  (await site.sql.query<{ n: number }>(`SELECT count(*) AS n FROM ${table} WHERE tenant_id = $1`, [tenantId])).rows[0]
    ?.n as number;

/** The files of a ZIP, read from its central directory. */
function unzip(zip: Buffer): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  const end = zip.lastIndexOf(Buffer.from('504b0506', 'hex'));
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [size, nameLength, extra, comment, head] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
      zip.readUInt32LE(at + 42),
    ];
    const start = head + 30 + zip.readUInt16LE(head + 26) + zip.readUInt16LE(head + 28);
    const content = zip.subarray(start, start + size);
    const name = zip.toString('utf8', at + 46, at + 46 + nameLength);
    files[name] = zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(content) : content;
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

const save = (agent: Agent) => postForm(agent, '/account/export', {}, '/account');

/** The files of an owner's export. */
async function exported(agent: Agent): Promise<Record<string, Buffer>> {
  const { text } = await agent.get('/account');
  const csrf = /name="_csrf" value="([^"]*)"/.exec(text)?.[1] ?? '';
  const saved = await agent
    .post('/account/export')
    .type('form')
    .send({ _csrf: csrf })
    .buffer(true)
    .parse((res, done) => {
      const parts: Buffer[] = [];
      res.on('data', (part: Buffer) => void parts.push(part));
      res.on('end', () => done(null, Buffer.concat(parts)));
    });
  expect([saved.status, saved.headers['content-type']]).toEqual([200, 'application/zip']);
  return unzip(saved.body as Buffer);
}

test('an owner exports all data of the business, nothing of another, without secrets', async () => {
  const [mine, other] = [await business(), await business()];
  const files = await exported(mine.agent);
  const names = [
    'business',
    'bots',
    'connections',
    'knowledge',
    'customers',
    'conversations',
    'messages',
    'broadcasts',
    'subscriptions',
    'audit',
    'attention',
    'open_questions',
    'golden_questions',
    'revisions',
    'notes',
    'labels',
    'saved_replies',
  ];
  expect(Object.keys(files).sort()).toEqual(names.map((name) => `${name}.json`).sort());
  const rows = (name: string) => JSON.parse(String(files[`${name}.json`])) as Record<string, unknown>[];
  expect([rows('bots').length, rows('customers').length, rows('messages').length, rows('broadcasts')]).toEqual([1, 2, 4, []]);
  expect(rows('messages')[0]).toMatchObject({ text: 'I am Anvar', direction: 'in' });
  expect(Object.keys(rows('messages')[0] ?? {}).sort()).toEqual([
    'ai_missing',
    'ai_model',
    'ai_status',
    'attachment',
    'choices',
    'conversation_id',
    'correction',
    'cost_micro_usd',
    'created_at',
    'customer_id',
    'direction',
    'id',
    'kind',
    'mode',
    'reason',
    'reply_to_id',
    'sent_at',
    'sources',
    'status',
    'text',
  ]);
  const { members, usage } = JSON.parse(String(files['business.json']));
  expect([members, usage]).toEqual([[expect.objectContaining({ role: 'owner', since: expect.any(String) })], []]);
  const all = Object.values(files).join('');
  expect(all).not.toMatch(/sealed|password_hash|\$2b\$|v1:x:x/);
  expect(all).not.toContain(other.tenantId);
});

test('the export has the files that the staff sent from the pages, under the names in the data', async () => {
  const [mine, other] = [await newShop(site), await newShop(site)];
  const send = async (shop: typeof mine, content: Buffer): Promise<string> => {
    const chat = await below(shop).withCustomer().in(site);
    const messageId = await addMessage(site, chat, { direction: 'out', text: 'Menu', kind: 'document', mode: 'person' });
    const { rows } = await site.sql.query<{ id: string }>(
      `INSERT INTO sent_files (id, tenant_id, message_id, content, mime_type, size)
       VALUES (gen_random_uuid(), $1, $2, $3, 'application/pdf', $4) RETURNING id`,
      [shop.tenantId, messageId, content, content.length],
    );
    return rows[0]?.id as string;
  };
  const menu = randomBytes(1_000);
  const id = await send(mine, menu);
  await send(other, randomBytes(1_000));
  const files = await exported(mine.agent);
  expect(Object.keys(files).filter((name) => name.startsWith('files/'))).toEqual([`files/${id}.pdf`]);
  expect(files[`files/${id}.pdf`]?.equals(menu)).toBe(true);
});

test('the export has the photos of the own broadcasts unchanged, under the names in the data', async () => {
  const [mine, other] = [await business(), await business()];
  const { photos } = site.container.features.broadcasts.api;
  const [png, jpg] = [randomBytes(3_000_000), randomBytes(1_000)];
  const ids = [
    await photos.keep(mine.tenantId, mine.botId, { content: png, type: 'image/png' }),
    await photos.keep(mine.tenantId, mine.botId, { content: jpg, type: 'image/jpeg' }),
  ];
  await photos.keep(other.tenantId, other.botId, { content: randomBytes(1_000), type: 'image/png' });
  await site.sql.query(
    `INSERT INTO broadcasts (id, tenant_id, bot_id, draft_id, content_hash, text, state, photo_id) VALUES ($1, $2, $3, $1, 'x', 'Look', 'finished', $4)`,
    [newId(), mine.tenantId, mine.botId, ids[0]],
  );
  const files = await exported(mine.agent);

  const names = Object.keys(files).filter((name) => name.startsWith('photos/'));
  expect(names.sort()).toEqual([`photos/${ids[0]}.png`, `photos/${ids[1]}.jpg`].sort());
  expect(files[`photos/${ids[0]}.png`]?.equals(png)).toBe(true);
  expect(files[`photos/${ids[1]}.jpg`]?.equals(jpg)).toBe(true);
  expect(JSON.parse(String(files['broadcasts.json']))).toMatchObject([{ photo_id: ids[0] }]);
});

test('a sixth export within an hour is refused', async () => {
  const { agent } = await business();
  const statuses: number[] = [];
  for (let i = 0; i < 6; i++) statuses.push((await save(agent)).status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
});

test('one customer is deleted with every message after confirmation; the others stay', async () => {
  const { agent, tenantId, botId, chats } = await business();
  const page = `/bots/${botId}/conversations/${chats[0]}/erase`;
  expect((await agent.get(page)).status).toBe(200);
  expect((await postForm(agent, page, {}, page)).status).toBe(422);
  expect(await count('messages', tenantId)).toBe(4);
  expect((await postForm(agent, page, { confirm: 'yes' }, page)).status).toBe(303);
  expect([await count('messages', tenantId), await count('customers', tenantId), await count('conversations', tenantId)]).toEqual(
    [2, 1, 1],
  );
  const { rows } = await site.sql.query("SELECT details FROM audit_lines WHERE tenant_id = $1 AND action = 'customer.erased'", [
    tenantId,
  ]);
  expect(rows).toEqual([{ details: { botId } }]);
  expect((await agent.get(page)).status).toBe(404);
});

test('another tenant’s customer is 404', async () => {
  const [mine, other] = [await business(), await business()];
  for (const botId of [mine.botId, other.botId]) {
    const path = `/bots/${botId}/conversations/${other.chats[0]}/erase`;
    expect((await postForm(mine.agent, path, { confirm: 'yes' }, '/account')).status).toBe(404);
  }
  expect(await count('messages', other.tenantId)).toBe(4);
});

test('the scheduled job deletes messages past the retention, except unanswered ones', async () => {
  const [mine, other] = [await business(), await business()];
  expect((await postForm(mine.agent, `/bots/${mine.botId}/data`, { months: '5' }, '/account')).status).toBe(422);
  expect((await postForm(mine.agent, `/bots/${mine.botId}/data`, { months: '3' }, '/account')).status).toBe(303);
  expect((await mine.agent.get(`/bots/${mine.botId}/data`)).text).toMatch(/<option value="3" selected>/);
  const now = new Date('2031-06-15T12:00:00Z');
  const set = 'UPDATE messages SET created_at = $2 WHERE conversation_id = $1';
  await site.sql.query(set, [mine.chats[0], new Date('2031-03-15T11:59:00Z')]);
  await site.sql.query(set, [mine.chats[1], new Date('2031-03-15T12:01:00Z')]);
  await site.sql.query(set, [other.chats[0], new Date('2020-01-01T00:00:00Z')]);
  await addMessage(
    site,
    { ...mine, conversationId: mine.chats[0] },
    {
      direction: 'in',
      text: 'Waiting',
      status: 'received',
      at: new Date('2031-01-01'),
    },
  );

  await site.container.jobs.hourly(now);
  expect([await count('messages', mine.tenantId), await count('messages', other.tenantId)]).toEqual([3, 4]);
});
