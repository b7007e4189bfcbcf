import { expect, test } from 'vitest';
import { failureOf } from '../../../src/channels/meta/graph-failure.ts';

const refusal = (
  code: number,
  rest: { subcode?: number; status?: number; transient?: boolean; retryAfterSeconds?: number } = {},
) =>
  failureOf({
    status: rest.status ?? 400,
    body: {
      error: { message: 'EAAsecret', type: 'OAuthException', code, error_subcode: rest.subcode, is_transient: rest.transient },
    },
    retryAfterSeconds: rest.retryAfterSeconds ?? null,
  });

test.each([
  [190, {}, 'token_revoked'],
  [190, { subcode: 463 }, 'token_revoked'],
  [131047, {}, 'window_closed'],
  [10, { subcode: 2018278 }, 'window_closed'],
  [10, { subcode: 2534022 }, 'window_closed'],
  [10, { subcode: 2018065 }, 'window_closed'],
  [10, { subcode: 2018108 }, 'blocked_by_customer'],
  [551, { subcode: 1545041 }, 'blocked_by_customer'],
  [10, { subcode: 2534048 }, 'no_advanced_access'],
  [200, { subcode: 2534048 }, 'no_advanced_access'],
  [100, { subcode: 2534037 }, 'chat_of_other_app'],
  [100, { subcode: 2018001 }, 'chat_gone'],
  [10, {}, 'not_permitted'],
  [200, {}, 'not_permitted'],
  [131049, {}, 'marketing_limited'],
  [131062, {}, 'user_id_refused'],
  [131063, {}, 'marketing_refused'],
  [131064, {}, 'marketing_refused'],
  [131026, {}, 'undeliverable'],
  [131050, {}, 'opted_out'],
  [131030, {}, 'not_in_test_list'],
  [131037, {}, 'display_name_refused'],
  [131044, {}, 'payment_required'],
  [131045, {}, 'registration_broken'],
  [132000, {}, 'template_parameters'],
  [132012, {}, 'template_parameters'],
  [133010, {}, 'not_registered'],
  [131056, {}, 'pair_limited'],
  [551, {}, 'blocked_by_customer'],
  [100, { subcode: 2534014 }, 'chat_gone'],
  [131042, {}, 'payment_required'],
  [131031, {}, 'account_restricted'],
  [368, {}, 'account_restricted'],
  [131016, {}, 'unreachable'],
  [2, { status: 500 }, 'unreachable'],
  [100, {}, 'rejected'],
  [999_999, { transient: true }, 'unreachable'],
  [999_999, { status: 503 }, 'unreachable'],
  [999_999, {}, 'rejected'],
] as const)('code %i %o is %s, with nothing to wait for', (code, rest, reason) => {
  expect(refusal(code, rest)).toEqual({ ok: false, reason });
});

test('rate limits name the account’s wait', () => {
  expect(refusal(130429)).toEqual({ ok: false, reason: 'rate_limited', retryAfterMs: 2_000 });
  expect(refusal(4)).toEqual({ ok: false, reason: 'rate_limited', retryAfterMs: 60_000 });
  expect(refusal(613)).toEqual({ ok: false, reason: 'rate_limited', retryAfterMs: 30_000 });
  expect(refusal(613, { retryAfterSeconds: 9 })).toEqual({ ok: false, reason: 'rate_limited', retryAfterMs: 9_000 });
});

test.each([
  null,
  undefined,
  [],
  'error',
  { error: 'no object' },
  { error: { code: '190' } },
])('a body of %j is judged by its status', (body) => {
  const of = (status: number) => failureOf({ status, body, retryAfterSeconds: null }).reason;
  expect([400, 401, 429, 500, 503].map(of)).toEqual(['rejected', 'token_revoked', 'rate_limited', 'unreachable', 'unreachable']);
});
