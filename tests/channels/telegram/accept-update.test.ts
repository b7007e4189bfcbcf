import { readFileSync } from 'node:fs';
import type { Update } from 'grammy/types';
import { expect, test } from 'vitest';
import { createAccept, type Receive } from '#channels/telegram/accept-update.ts';
import { createLogger } from '#platform/logger.ts';

const fixtures: Record<string, Update> = JSON.parse(
  readFileSync(new URL('../../fixtures/telegram/updates.json', import.meta.url), 'utf8'),
);
const named = (...names: string[]): Update[] => names.map((name) => fixtures[name] as Update);

function accepting(receive?: Receive) {
  const steps: string[] = [];
  const accept = createAccept(
    {
      apiRoot: 'http://127.0.0.1:9',
      logger: createLogger({ level: 'silent', secrets: [] }),
      store: {
        setGroupReachable: async () => {},
        moveChat: async () => {},
        setReachable: async (_connection, epoch, userId, reachable) =>
          void steps.push(`${userId} ${reachable ? 'in' : 'out'} at ${epoch}`),
      },
      receive:
        receive ??
        (async ({ messages }) => {
          steps.push(messages.map(({ kind }) => kind).join('+'));
          return { accepted: true };
        }),
    },
    { connectionId: 'c1', epoch: 3 },
    { id: 42, username: 'novvoy_bot' },
    'token',
  );
  return { accept, steps };
}

test('consecutive messages are stored together; a block between them keeps its place', async () => {
  const { accept, steps } = accepting();
  expect(await accept(named('text', 'photo', 'blocked', 'channel_post', 'voice'))).toBe(true);
  expect(steps).toEqual(['text+photo', '501 out at 3', 'voice']);
});

test('an update without content for us reaches no store', async () => {
  const { accept, steps } = accepting();
  expect(await accept(named('channel_post', 'service_pinned'))).toBe(true);
  expect(steps).toEqual([]);
});

test('an unreadable update is skipped', async () => {
  const { accept, steps } = accepting();
  const broken = { update_id: 1, message: { from: {}, photo: 7 } } as unknown as Update;
  expect(await accept([broken, ...named('text')])).toBe(true);
  expect(steps).toEqual(['text']);
});

test("another process's lease is reported", async () => {
  const { accept } = accepting(async () => ({ accepted: false }));
  expect(await accept(named('text'))).toBe(false);
});

test('an update whose data the database refuses is skipped at the fifth try; an unavailable database never counts', async () => {
  const away = accepting(() => Promise.reject(new Error('connection lost')));
  const refused = accepting(() => Promise.reject(Object.assign(new Error('bad data'), { code: '22P05' })));
  for (let i = 0; i < 4; i += 1) {
    await expect(away.accept(named('text'))).rejects.toThrow('connection lost');
    await expect(refused.accept(named('text'))).rejects.toThrow('bad data');
  }
  await expect(away.accept(named('text'))).rejects.toThrow('connection lost');
  expect(await refused.accept(named('text'))).toBe(true);
});
