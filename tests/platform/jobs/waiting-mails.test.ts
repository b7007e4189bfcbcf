import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createSealer } from '../../../src/platform/crypto/seal.ts';
import { createWaitingMails, type WaitingMail } from '../../../src/platform/jobs/waiting-mails.ts';
import { createLogger } from '../../../src/platform/logger.ts';
import type { Mail } from '../../../src/platform/mailer.ts';

const [OLD, NEW, LOST] = ['old-'.repeat(10), 'new-'.repeat(10), 'lost'.repeat(10)] as const;
const MAIL: Mail = { to: 'lola@example.com', subject: 'A new password', text: 'Open http://localhost/reset-password/secret' };
const ANY_WORD = /lola|password|secret/;

/** The queued, sent and logged mails of an installation with these keys. */
function installation(keys: string[], deliver: (mail: Mail) => Promise<void> = async () => {}) {
  const [queued, sent, lines]: [WaitingMail[], Mail[], string[]] = [[], [], []];
  const mails = createWaitingMails({
    queue: { enqueue: async (_name, data, { id = '' } = {}) => void queued.push({ id, data: data as WaitingMail['data'] }) },
    sealer: createSealer(keys),
    mailer: {
      async send(mail) {
        await deliver(mail);
        sent.push(mail);
      },
    },
    logger: createLogger({ level: 'info', secrets: [], destination: { write: (line: string) => void lines.push(line) } }),
  });
  return { mails, queued, sent, lines };
}

async function queuedBy(...keys: string[]): Promise<WaitingMail> {
  const { mails, queued } = installation(keys);
  await mails.put(MAIL);
  return queued[0] as WaitingMail;
}

test('a queued mail is stored without readable text and is sent unchanged', async () => {
  const job = await queuedBy(OLD);
  expect(JSON.stringify(job)).not.toMatch(ANY_WORD);

  const { mails, sent, lines } = installation([OLD]);
  await mails.send(job);
  expect(sent).toEqual([MAIL]);
  expect(lines).toEqual([]);
});

test('a mail queued before a key rotation is opened with the older key', async () => {
  const { mails, sent } = installation([NEW, OLD]);
  await mails.send(await queuedBy(OLD));
  expect(sent).toEqual([MAIL]);
});

test.each([
  ['whose key is gone', async () => queuedBy(LOST)],
  ['of another job', async () => ({ ...(await queuedBy(OLD)), id: '01890000-0000-7000-8000-000000000001' })],
  ['that was cut', async () => ({ ...(await queuedBy(OLD)), data: { sealed: 'v1' } })],
])('a mail %s is not sent; one log line without its text says so', async (_what, made) => {
  const job = await made();
  const { mails, sent, lines } = installation([NEW, OLD]);
  await expect(mails.send(job)).rejects.toThrow(/^No key of ENCRYPTION_KEY opens the mail\.$/);

  expect(sent).toEqual([]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ level: 'error', job: job.id }]);
  expect(lines[0]).not.toMatch(ANY_WORD);
});

test('the mail server’s error text is not stored with the job', async () => {
  const { mails } = installation([OLD], async ({ to, text }) => {
    const said = { code: 'EENVELOPE', responseCode: 550, response: `550 <${to}> unknown`, rejected: [to] };
    throw Object.assign(new Error(`550 <${to}> unknown: ${text}`), said);
  });
  const failure = await mails.send(await queuedBy(OLD)).catch((error: Error) => error);

  expect(failure).toMatchObject({ message: 'The mail was not sent: EENVELOPE 550' });
  expect(inspect(failure, { showHidden: true })).not.toMatch(/lola|secret/);
});
