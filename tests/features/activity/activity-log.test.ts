// The activity log on the owner's page: current names, kinds, sentences, and the same lines as CSV.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { postForm, type TestApp, testApp } from '../../support/app.ts';
import { idOf, makeBot, newOwner } from '../../support/owner.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

async function trailOf(language: string) {
  const { agent } = await newOwner(site);
  await postForm(agent, '/language', { language, returnTo: '/dashboard' }, '/dashboard');
  const bot = await makeBot(agent, { name: 'Lola & Co' });
  await postForm(agent, `${bot}/knowledge`, { title: 'Hours', content: 'From nine to six.' }, bot);
  const page = async (query = ''): Promise<string> => (await agent.get(`/account/audit?${query}`)).text;
  return { agent, bot, page };
}

test('a bot has its current name, or its last one after deletion', async () => {
  const { agent, bot, page } = await trailOf('en');
  expect(await page()).toContain('Added an entry to the knowledge of the bot “Lola &amp; Co”');
  await postForm(agent, bot, { name: 'Nora', systemPrompt: 'You help.', greeting: '' }, bot);
  expect(await page()).toContain('Added an entry to the knowledge of the bot “Nora”');
  await postForm(agent, `${bot}/delete`, { confirmName: 'Nora' }, bot);
  const text = await page();
  expect(text).toContain('Added an entry to the knowledge of the bot “Nora”');
  expect(text).toContain('Deleted the bot “Nora” with everything in it');
  expect(text).not.toContain(idOf(bot));
});

test('lines are found by kind and by words of the sentence, and exported the same way', async () => {
  const { agent, page } = await trailOf('ru');
  const [all, ofKind, byWords] = [await page(), await page('kind=knowledge'), await page('q=ДОБАВЛЕНА')];
  expect(all).toContain('bot.created');
  for (const text of [ofKind, byWords]) {
    expect(text).toContain('knowledge.created');
    expect(text).not.toContain('bot.created');
  }
  expect(await page('kind=no-such')).toContain('bot.created');
  expect(all).not.toContain('value="installation"');

  for (const wanted of [{ kind: 'knowledge' }, { q: 'добавлена' }]) {
    const csv = await postForm(agent, '/account/audit/export', wanted, '/account/audit');
    const lines = csv.text.trim().split('\r\n');
    expect([lines.length, lines[1]?.includes('"knowledge.created"')]).toEqual([2, true]);
  }
});
