// S12, S26, S56: a mail that waits tells a thief of the database neither whom it is for nor what link is in it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { login, postForm, register, type TestApp, testApp } from '../support/app.ts';
import { closedPort, startSmtpEmulator } from '../support/smtp-emulator.ts';

const LINK = /\/reset-password\/([\w-]{43})/;
const NEW_PASSWORD = 'quiet river under snow';

let site: TestApp;
let smtpPort: number;
beforeAll(async () => {
  smtpPort = await closedPort();
  site = await testApp({ SMTP_URL: `smtp://127.0.0.1:${smtpPort}` });
  await site.container.notifications.start();
  await site.container.worker.start();
});
afterAll(async () => {
  await site.container.worker.stop();
  await site.close();
  await site.container.notifications.stop();
});

const eventually = (check: () => unknown) => vi.waitFor(check, { timeout: 60_000, interval: 50 });

async function waiting() {
  const { rows } = await site.sql.query<{ state: string; kept: string | null }>(
    "SELECT state::text, output::text AS kept FROM pgboss.job WHERE name IN ('mail', 'security-mail')",
  );
  return rows;
}

/** Every row of every table as text. */
async function stolen(): Promise<{ table: string; text: string }[]> {
  const { rows: tables } = await site.sql.query<{ name: string }>(
    "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss')",
  );
  const loot: { table: string; text: string }[] = [];
  for (const { name } of tables) {
    const { rows } = await site.sql.query<{ text: string }>(`SELECT t::text AS text FROM ${name} t`);
    for (const { text } of rows) loot.push({ table: name, text });
  }
  return loot;
}

/** The words of a mail as its reader sees them: nodemailer folds and escapes long lines. */
const wordsOf = (data: string): string =>
  data.replace(/=\n/g, '').replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

test('without a mail server no table holds the link and the queue no address; later the mail has a valid link', async () => {
  const { email } = await register(site.agent());
  await postForm(site.agent(), '/forgot-password', { email });
  await eventually(async () =>
    expect(await waiting()).toMatchObject([{ state: 'retry', kept: expect.stringContaining('ECONNREFUSED') }]),
  );
  const loot = await stolen();

  const smtp = await startSmtpEmulator({ port: smtpPort });
  await site.sql.query("UPDATE pgboss.job SET start_after = now() WHERE name IN ('mail', 'security-mail')");
  await eventually(() => expect(smtp.mails).toHaveLength(1));
  const [mail] = smtp.mails;
  const [path = '', token = ''] = LINK.exec(wordsOf(mail?.data ?? '')) ?? [];
  await eventually(async () => expect(await waiting()).toEqual([]));
  await smtp.close();

  expect(mail?.to).toBe(email);
  expect(token).toHaveLength(43);
  expect(loot.filter(({ text }) => text.includes(token))).toEqual([]);
  const withAddress = loot.filter(({ text }) => text.includes(email)).map(({ table }) => table);
  expect(withAddress).toContain('public.users');
  expect(withAddress.filter((table) => table.startsWith('pgboss.'))).toEqual([]);

  const agent = site.agent();
  expect((await agent.get(path)).status).toBe(200);
  expect((await postForm(agent, path, { password: NEW_PASSWORD }, path)).status).toBe(303);
  expect((await login(site.agent(), email, NEW_PASSWORD)).status).toBe(303);
});

test('a mail that an older version left unsealed is sent and deleted', async () => {
  const smtp = await startSmtpEmulator({ port: smtpPort });
  await site.container.queue.boss.send('mail', { to: 'older@example.com', subject: 'From before', text: 'the update' });

  const older = () => smtp.mails.filter(({ to }) => to === 'older@example.com');
  await eventually(() => expect(older()).toHaveLength(1));
  expect(older()[0]?.data).toContain('the update');
  await eventually(async () => expect(await waiting()).toEqual([]));
  await smtp.close();
});
