// The admin pages with content, in a browser.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/core/languages.ts';
import { faultsAtWidths } from '../support/browser.ts';
import { type BrowserSite, startBrowserSite } from '../support/browser-site.ts';
import { furnish } from '../support/tour.ts';

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
  await site.installation.query(
    `INSERT INTO webhook_refusals (slot, platform, reason, count, last_at)
     SELECT now(), platform::"Platform", reason, 1234, now() FROM unnest('{telegram,whatsapp,instagram}'::text[]) platform,
       unnest('{unsigned,wrong_signature,unknown_account,malformed,wrong_verify_token}'::text[]) reason
     WHERE NOT (platform = 'telegram' AND reason = 'wrong_verify_token')`,
  );
});
afterAll(() => site?.close());

const OLDER = '.pagination a[rel=next]';

/** An admin, with more conversations and requests than one page shows; gives the pages to look at. */
async function administer(page: Page, language: string): Promise<Record<string, string>> {
  const bot = await furnish(page, language);
  const botId = bot.split('/')[2];
  const [row] = await site.installation.query<{ userId: string; tenantId: string }>(
    `UPDATE users u SET is_admin = true FROM bots b JOIN memberships m ON m.tenant_id = b.tenant_id
     WHERE b.id = $1 AND u.id = m.user_id RETURNING u.id AS "userId", b.tenant_id AS "tenantId"`,
    [botId],
  );
  const { userId, tenantId } = row as { userId: string; tenantId: string };
  await site.installation.query(
    `INSERT INTO support_grants (id, tenant_id, granted_by, expires_at) VALUES (gen_random_uuid(), $1, $2, now() + interval '1 day')`,
    [tenantId, userId],
  );
  await site.installation.query(
    `WITH connection AS (INSERT INTO connections (id, tenant_id, bot_id, platform, account_id, sealed_secrets, secret_last4, enabled)
       VALUES (gen_random_uuid(), $1, $2, 'whatsapp', 'at ' || $2::uuid, '', '', false) RETURNING id)
     INSERT INTO conversations (id, tenant_id, bot_id, connection_id, chat_id, last_message_at)
     SELECT gen_random_uuid(), $1, $2, id, n::text, now() - n * interval '1 hour' FROM connection, generate_series(1, 40) n`,
    [tenantId, botId],
  );
  await site.installation.query(
    `INSERT INTO upgrade_requests (id, tenant_id, asked_by, plan, months, note, receipt, receipt_type, state, reason)
     SELECT gen_random_uuid(), $1, $2, 'BASIC', 3, 'Paid today', '', 'image/png',
       CASE WHEN n = 1 THEN 'open' ELSE 'refused' END::"UpgradeState", CASE WHEN n > 1 THEN 'The receipt is not ours' END
     FROM generate_series(1, 35) n`,
    [tenantId, userId],
  );
  return { overview: '/admin', upgrades: '/admin/upgrades', conversations: `/admin/users/${userId}/conversations` };
}

test.each(LANGUAGES)('in %s they fit both widths, are translated, pass axe, and lists have further pages', async (language) => {
  const page = await (await site.visit(language)).newPage();
  const pages = await administer(page, language);
  const faults: string[] = [];
  for (const [name, path] of Object.entries(pages)) {
    expect((await page.goto(path))?.status()).toBe(200);
    faults.push(...(await faultsAtWidths(page, name, language)));
    if (name === 'overview') continue;
    await page.locator(OLDER).click();
    await page.waitForURL(/after=/);
    expect(await page.locator('.pagination a[rel=prev]').count()).toBe(1);
  }
  expect(faults).toEqual([]);
});
