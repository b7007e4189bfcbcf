// A working day in the inbox by keys alone, on three channels, in three languages, on a laptop and a telephone: thirty conversations
// arrive live; one in each setting is found, answered, noted, labelled, assigned, and survives a cut network and an ended session.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { allFaultsOf, openBrowser, setWidth, visit, WIDTHS } from '../support/browser.ts';
import type { GraphAccount } from '../support/graph-emulator/accounts.ts';
import { type MetaBusiness, startMetaBusiness } from '../support/meta-business.ts';
import { createTelegramBot, PASSWORD } from '../support/site-visitor.ts';
import type { BotState } from '../support/telegram-emulator/bot-state.ts';
import { send } from '../support/tour.ts';

const OWNER = 'oltin-non';
const OF_A_DAY = 5;
const MOST_TABS = 80;
let business: MetaBusiness;
let browser: Browser;
let shopBot: BotState;
beforeAll(async () => {
  [business, browser] = await Promise.all([startMetaBusiness({ ai: false }), openBrowser()]);
  const { product, owner } = business;
  shopBot = product.telegram.addBot({ token: `${700_000_051}:${'A'.repeat(35)}` });
  await createTelegramBot(owner, { name: 'Oltin Non', systemPrompt: 'Help.', token: shopBot.token });
  await owner.submit('/conversations/labels', '/conversations/labels', { name: 'Tort', colour: 'accent' });
});
afterAll(async () => {
  await browser.close();
  await business.close();
});

let customers = 0;
/** A new customer asks; gives the words that find them, and what they were sent. */
async function asks(channel: number): Promise<{ word: string; sent: () => string[] }> {
  customers += 1;
  const [n, word] = [customers, `nonvoy${customers}x`];
  const text = `Salom, ${word} bormi?`;
  if (channel === 0) {
    business.product.telegram.customerSends(shopBot, { userId: 8_000 + n, firstName: `Mijoz ${n}`, languageCode: 'uz', text });
    return { word, sent: () => business.product.telegram.sent(shopBot).map((one) => one.text) };
  }
  const account: GraphAccount = channel === 1 ? business.whatsapp : business.instagram;
  await business.graph.customerWrites(account, {
    from: channel === 1 ? `99890111${1_000 + n}` : `684325047239${1_000 + n}`,
    text,
  });
  return { word, sent: () => account.sent.map((one) => one.text ?? '') };
}

/** By the Tab key, as who has no mouse. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await page.evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`)) return;
  }
  throw new Error(`the Tab key never comes to ${selector}`);
}
const writes = async (page: Page, text: string): Promise<void> => {
  await page.locator('.composer textarea').focus();
  await page.keyboard.type(text);
  await page.keyboard.press('Enter');
};
const ours = (page: Page, text: string) => page.locator('.bubble--ours', { hasText: text });
/** Once. */
const arrived = (sent: () => string[], text: string) =>
  expect.poll(() => sent().filter((one) => one === text).length, { timeout: 60_000, message: text }).toBe(1);

const DAYS = ['uz', 'ru', 'en'].flatMap((language, l) => WIDTHS.map((width, w) => [language, width, (l * 2 + w) % 3] as const));

test.each(DAYS)('in %s at %i px: live, by keys, on channel %i, and nothing is lost', async (language, width, channel) => {
  const context = await visit(browser, business.product.app.url, language);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const signIn = () => send(page, '/login', '/login', { login: OWNER, password: PASSWORD });
  await setWidth(page, width);
  await signIn();
  await business.product.installation.query(`UPDATE users SET language = '${language}'`);
  await page.goto('/conversations');
  const rows = page.locator('.inbox__row');
  const before = await rows.count();
  const all = [];
  for (let i = 0; i < OF_A_DAY; i += 1) all.push(await asks((channel + i) % 3));
  await expect.poll(() => rows.count(), { timeout: 60_000 }).toBe(before + OF_A_DAY);
  const faults = await allFaultsOf(page);

  // Found and opened.
  const { word, sent } = all[0] as (typeof all)[number];
  await page.keyboard.press('/');
  await page.keyboard.type(word);
  await page.keyboard.press('Enter');
  await page.waitForURL(({ searchParams }) => searchParams.get('q') === word);
  expect(await rows.count()).toBe(1);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.locator('.thread .bubble', { hasText: word }).waitFor();
  // The bot has had its say, and until the scripts run Enter breaks the line.
  await page.locator('.thread .bubble--ours').first().waitFor();
  await page.waitForLoadState('load');

  await writes(page, `Bor, ${word}.`);
  await arrived(sent, `Bor, ${word}.`);
  await page.keyboard.type('Doimiy mijoz');
  await tabTo(page, '[data-note]');
  await page.keyboard.press('Enter');
  await page.locator('.note', { hasText: 'Doimiy mijoz' }).waitFor();

  await tabTo(page, '#assignee');
  await page.keyboard.press('ArrowDown');
  await tabTo(page, 'form[action$="/assign"] button');
  await page.keyboard.press('Enter');
  await page
    .locator('.notice', { has: page.locator('p') })
    .first()
    .waitFor();
  await tabTo(page, 'summary:has(+ form[action$="/labels"])');
  await page.keyboard.press('Enter');
  await tabTo(page, 'input[name="labels"]');
  await page.keyboard.press('Space');
  await tabTo(page, 'form[action$="/labels"] button');
  await page.keyboard.press('Enter');
  await page.locator('.card-labels .label').waitFor();
  faults.push(...(await allFaultsOf(page)));

  // A cut network, then an ended session.
  await context.setOffline(true);
  await writes(page, `Kechqurun, ${word}.`);
  await ours(page, `Kechqurun, ${word}.`).locator('.is-bad').waitFor();
  await context.setOffline(false);
  await arrived(sent, `Kechqurun, ${word}.`);
  await page.locator('.composer textarea').fill('Qoralama');
  await page.reload();
  expect(await page.locator('.composer textarea').inputValue()).toBe('Qoralama');
  await page.locator('.composer textarea').fill('');
  await business.product.installation.query('DELETE FROM sessions');
  await writes(page, `Ertaga, ${word}.`);
  await ours(page, `Ertaga, ${word}.`).locator('.is-bad').waitFor();
  const path = new URL(page.url()).pathname;
  await signIn();
  await page.goto(path);
  await arrived(sent, `Ertaga, ${word}.`);

  const [row] = await business.product.installation.query<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM notes WHERE conversation_id = $1) AS notes,
       (SELECT count(*)::int FROM conversation_labels WHERE conversation_id = $1) AS labels,
       (SELECT count(*)::int FROM assignments WHERE conversation_id = $1) AS assigned,
       (SELECT count(*)::int FROM messages WHERE conversation_id = $1 AND mode = 'person') AS written`,
    [path.split('/').at(-1)],
  );
  expect(row).toEqual({ notes: 1, labels: 1, assigned: 1, written: 3 });
  expect([...faults, ...errors]).toEqual([]);
  await context.close();
});
