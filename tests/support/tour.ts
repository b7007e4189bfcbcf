// The pages there are, and an owner's account with something on them: for screenshots and the tests in a browser.
import type { Page } from 'playwright-core';
import { PASSWORD } from './site-visitor.ts';

export const PUBLIC_PAGES: Record<string, string> = {
  landing: '/',
  register: '/register',
  login: '/login',
  forgot: '/forgot-password',
  privacy: '/privacy',
  terms: '/terms',
  missing: '/no-such-page',
};

/** `bot` is the address of a bot's page. */
export const signedInPages = (bot: string): Record<string, string> => ({
  dashboard: '/dashboard',
  bots: '/bots',
  'bot-new': '/bots/new',
  bot: bot,
  knowledge: `${bot}/knowledge`,
  import: `${bot}/knowledge/import`,
  facts: `${bot}/facts`,
  playground: `${bot}/playground`,
  'bot-conversations': `${bot}/conversations`,
  questions: `${bot}/questions`,
  quality: `${bot}/quality`,
  replay: `${bot}/quality/replay`,
  'self-test': `${bot}/quality/self-test`,
  revisions: `${bot}/revisions`,
  broadcasts: `${bot}/broadcasts`,
  analytics: `${bot}/analytics`,
  conversations: '/conversations',
  labels: '/conversations/labels',
  replies: '/conversations/replies',
  subscription: '/subscription',
  account: '/account',
  team: '/account/team',
  'two-factor': '/account/two-factor',
  'signed-in-missing': '/bots/no-such-bot',
});

const ENTRIES: [string, string][] = [
  ['Ish vaqti', 'Dushanbadan shanbagacha 7:45 dan 21:15 gacha ochiqmiz. Yakshanba kuni 8:00 dan 18:00 gacha.'],
  ['Yetkazib berish', 'Toshkent boʻylab yetkazib beramiz, narxi 25 000 soʻm. 150 000 soʻmdan oshgan buyurtma bepul.'],
  ['Buyurtma tortlar', 'Tortlar kamida bir kun oldin buyurtma qilinadi. Shokoladli, mevali, asalli. Kilogrammi 180 000 soʻmdan.'],
];

/** Signs up, creates a bot without a channel, writes entries and asks the playground; gives the bot's address. */
export async function furnish(page: Page, language: string): Promise<string> {
  const username = `dilnoza_${language}_${Date.now().toString(36)}`;
  await send(page, '/register', '/register', { username, email: `${username}@example.com`, password: PASSWORD });
  await send(page, '/bots/new', '/bots', {
    name: 'Oltin Non yordamchisi',
    systemPrompt: 'Siz Toshkentdagi Oltin Non novvoyxonasining yordamchisisiz. Qisqa va muloyim javob bering.',
  });
  const bot = /\/bots\/[0-9a-f-]{36}/.exec(page.url())?.[0];
  if (!bot) throw new Error(`no bot was made: ${page.url()}`);
  for (const [title, content] of ENTRIES) await send(page, `${bot}/knowledge`, `${bot}/knowledge`, { title, content });
  await send(page, `${bot}/playground`, `${bot}/playground`, { text: 'Yakshanba kuni ishlaysizmi?' });
  await send(page, `${bot}/quality`, `${bot}/quality`, { question: 'Yetkazib berish qancha?', mustContain: '25 000' });
  return bot;
}

type Fields = Record<string, string>;

/** Opens the page, fills the form that posts to `action`, folded or not, and sends it past the browser's own checks. */
export async function send(page: Page, path: string, action: string, fields: Fields): Promise<void> {
  await page.goto(path);
  const form = page.locator(`form[action="${action}"]`).first();
  await Promise.all([
    page.waitForEvent('load'),
    form.evaluate((element, values: Fields) => {
      const { elements, submit } = element as unknown as { elements: Record<string, { value: string }>; submit(): void };
      for (const [name, value] of Object.entries(values)) if (elements[name]) elements[name].value = value;
      submit.call(element);
    }, fields),
  ]);
}
