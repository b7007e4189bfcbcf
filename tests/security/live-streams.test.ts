// S07, S10 (suspended users, foreign streams): an open stream ends with the right to it and has no foreign progress.
import { type ClientRequest, request } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PASSWORD } from '../support/app.ts';
import { until } from '../support/app-process.ts';
import type { RawClient } from './raw-client.ts';
import { type Things, twoTenants, type World } from './two-tenants.ts';

type Owner = RawClient & { things: Things };

let world: World;
const open: ClientRequest[] = [];
beforeAll(async () => {
  world = await twoTenants();
});
afterAll(async () => {
  for (const sent of open) sent.destroy();
  await world.close();
});

interface Stream {
  status: number;
  text: string;
  ended: boolean;
}

/** Opens the progress of a broadcast and goes on listening. */
function listen(client: RawClient, { bot, broadcastId }: Pick<Things, 'bot' | 'broadcastId'>): Promise<Stream> {
  const cookie = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const path = `/bots/${bot}/broadcasts/${broadcastId}/events`;
  return new Promise((resolve, reject) => {
    const sent = request({ port: world.port, host: '127.0.0.1', path, headers: { cookie }, agent: false }, (response) => {
      const stream: Stream = { status: response.statusCode ?? 0, text: '', ended: false };
      response.on('data', (chunk: Buffer) => {
        stream.text += chunk.toString();
      });
      response.on('close', () => {
        stream.ended = true;
      });
      resolve(stream);
    });
    sent.on('error', reject);
    sent.end();
    open.push(sent);
  });
}
const heard = (stream: Stream, text: string): Promise<boolean> =>
  until(
    () => stream.text.includes(text),
    60_000,
    () => `never heard ${text}: ${stream.text}`,
  );
const progress = (id: string) =>
  world.sql.query(
    `INSERT INTO broadcast_recipients (broadcast_id, connection_id, customer_id, chat_id, language, state)
     SELECT id, gen_random_uuid(), gen_random_uuid(), 'x', 'en', 'sent' FROM broadcasts WHERE id = $1`,
    [id],
  );
const changes = (stream: Stream): number => stream.text.split('event: changed').length - 1;

const changesOf = (stream: Stream, count: number) =>
  until(
    () => changes(stream) === count,
    60_000,
    () => `never told of ${count} changes: ${stream.text}`,
  );

async function listening(): Promise<{ owner: Owner; stream: Stream }> {
  const owner = await world.owner();
  await world.sql.query("UPDATE broadcasts SET state = 'sending' WHERE id = $1", [owner.things.broadcastId]);
  const stream = await listen(owner, owner.things);
  await heard(stream, 'event: changed');
  return { owner, stream };
}

test.each<[string, (owner: Owner) => Promise<unknown>]>([
  [
    'the person is suspended',
    ({ things }) => world.sql.query('UPDATE users SET suspended_at = now() WHERE id = $1', [things.userId]),
  ],
  [
    'the business is suspended',
    ({ things }) => world.sql.query('UPDATE tenants SET suspended_at = now() WHERE id = $1', [things.tenantId]),
  ],
  ['the account is deleted', (owner) => owner.submit('/account/delete', { password: PASSWORD })],
  ['the bot is deleted', (owner) => owner.submit(`/bots/${owner.things.bot}/delete`, {})],
])('once %s the stream ends, and later events are not sent', async (_what, happen) => {
  const { owner, stream } = await listening();
  await happen(owner);
  await progress(owner.things.broadcastId);
  await until(
    () => stream.ended,
    60_000,
    () => 'the stream stays open',
  );

  expect(changes(stream)).toBe(1);
  const again = await listen(owner, owner.things);
  expect([303, 404]).toContain(again.status);
});

test('two businesses that watch at once each get their own broadcast only', async () => {
  const [one, two] = [await listening(), await listening()];
  await progress(one.owner.things.broadcastId);
  await changesOf(one.stream, 2);
  await progress(two.owner.things.broadcastId);
  await changesOf(two.stream, 2);

  expect(changes(one.stream)).toBe(2);
  expect(one.stream.text).not.toContain(two.owner.things.broadcastId);
  expect((await listen(one.owner, two.owner.things)).status).toBe(404);
  expect((await listen(one.owner, { ...two.owner.things, bot: one.owner.things.bot })).status).toBe(404);
});
