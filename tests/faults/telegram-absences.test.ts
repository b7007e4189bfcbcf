// R27, R31, R32: another program has the bot, or ours was away. The product looks again after half a minute.
import { expect, test } from 'vitest';
import { PASSWORD, visitor } from '../support/site-visitor.ts';
import { faults } from '../support/telegram-emulator/faults.ts';
import { answered, bot, connection, inState, owner, page, pauseMs, product, refuse, useTelegramWorld } from './telegram-world.ts';

useTelegramWorld();

test('R27: another program polls the bot: shown, asked every 30 s at most, mends itself', async () => {
  const polls = refuse('getUpdates', faults.conflict);
  await inState('FAILED');
  expect(await connection()).toEqual({ state: 'FAILED', reason: 'polled_elsewhere' });
  expect((await owner.get(page)).html).toMatch(/boshqa|another|друг/i);
  product.telegram.heal(bot.id);
  await inState('ACTIVE', 60_000);

  expect(pauseMs(polls())).toBeGreaterThanOrEqual(30_000);
  await answered(bot);
});

test("R32: a webhook that somebody set is shown, not removed behind the owner's back; without it the bot mends itself", async () => {
  bot.webhookUrl = 'https://example.com/hook';
  bot.poll?.terminate('Conflict: terminated by setWebhook request');
  await inState('FAILED', 40_000);
  expect(await connection()).toEqual({ state: 'FAILED', reason: 'webhook_set' });
  expect(bot.webhookUrl).toBe('https://example.com/hook');
  bot.webhookUrl = '';
  await inState('ACTIVE', 60_000);
  await answered(bot);
});

test('R31: away for more than a day: the gap is recorded once and shown to the owner', async () => {
  await product.app.end('SIGTERM');
  await product.installation.query("UPDATE leases SET expires_at = now() - interval '30 hours'");
  await product.restart();
  await answered(bot, 40_000);
  const gaps = async (): Promise<{ gaps: number }[]> =>
    product.installation.query(
      `SELECT count(*)::int AS gaps FROM audit_lines a JOIN connections c ON c.id::text = a.target_id
       WHERE a.action = 'connection.gap' AND c.account_id = $1`,
      [String(bot.id)],
    );
  await product.telegram.waitFor(async () => (await gaps())[0]?.gaps === 1, 'the gap');
  await product.app.end('SIGTERM');
  await product.restart();
  await answered(bot, 40_000);

  expect(await gaps()).toEqual([{ gaps: 1 }]);
  const [shown] = await product.installation.query<{ text: string }>(
    "SELECT to_char((details->>'until')::timestamptz AT TIME ZONE 'Asia/Tashkent', 'HH24:MI') AS text FROM audit_lines WHERE action = 'connection.gap' LIMIT 1",
  );
  const again = visitor(product.app.url);
  await again.submit('/login', '/login', { login: 'owner', password: PASSWORD });
  const { html } = await again.get(page);
  expect(html).toContain(shown?.text);
  expect(html).toMatch(/24 soat|24 hours|24 часа/);
});
