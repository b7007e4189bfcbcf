import { afterEach, expect, test, vi } from 'vitest';
import type { ChannelAdapter, Channels } from '../../../src/channels/channel.ts';
import { checkCredentials } from '../../../src/features/connections/check-credentials.ts';

type Answer = Awaited<ReturnType<ChannelAdapter['check']>>;

const fields = [
  { name: 'whatsappPhoneNumberId', secret: false },
  { name: 'whatsappAccessToken', secret: true },
];
const channelsOf = (check: () => Promise<Answer>): Channels => ({
  whatsapp: {
    kind: 'whatsapp',
    fields,
    accountField: 'whatsappPhoneNumberId',
    defaults: {},
    accountIdOf: () => 'account',
    check,
  } as unknown as ChannelAdapter,
});
const entered = { whatsappPhoneNumberId: '1', whatsappAccessToken: 'secret' };

afterEach(() => vi.useRealTimers());

test('an empty form is not checked', async () => {
  const check = vi.fn();
  expect(await checkCredentials(channelsOf(check), 'whatsapp', { whatsappAccessToken: '  ' }, { granted: true })).toBeNull();
  expect(check).not.toHaveBeenCalled();
});

test('a missing field is refused; stored values complete it', async () => {
  const channels = channelsOf(async () => ({ ok: true, accountId: 'a', displayName: 'Shop' }));
  const half = { whatsappPhoneNumberId: '2' };
  await expect(checkCredentials(channels, 'whatsapp', half, { granted: true })).rejects.toMatchObject({
    fields: { whatsappAccessToken: 'connections.error.required' },
  });
  const whole = await checkCredentials(channels, 'whatsapp', half, {
    stored: { whatsappPhoneNumberId: '1', whatsappAccessToken: 'old' },
    granted: false,
  });
  expect(whole?.credentials).toEqual({ whatsappPhoneNumberId: '2', whatsappAccessToken: 'old' });
});

test.each([
  ['token_revoked', 'whatsappAccessToken'],
  ['not_permitted', 'whatsappAccessToken'],
  ['rejected', 'whatsappPhoneNumberId'],
  ['chat_gone', 'whatsappPhoneNumberId'],
] as const)('%s is refused at %s', async (reason, field) => {
  const work = checkCredentials(
    channelsOf(async () => ({ ok: false, reason })),
    'whatsapp',
    entered,
    { granted: true },
  );
  await expect(work).rejects.toMatchObject({ fields: { [field]: `connections.error.refused_${field}` } });
});

test('a platform that asks to wait leaves the credentials pending for that time', async () => {
  const limited = await checkCredentials(
    channelsOf(async () => ({ ok: false, reason: 'rate_limited', retryAfterMs: 9_000 })),
    'whatsapp',
    entered,
    { granted: true },
  );
  expect(limited).toMatchObject({ accountId: 'account', pending: { reason: 'unreachable', retryAfterMs: 9_000 } });
});

test('a platform that hangs is given up after five seconds', async () => {
  vi.useFakeTimers();
  const work = checkCredentials(
    channelsOf(() => new Promise(() => {})),
    'whatsapp',
    entered,
    { granted: true },
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await work).toMatchObject({ pending: { reason: 'unreachable' } });
});
