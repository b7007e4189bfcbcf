import { expect, test } from 'vitest';
import { createLogger } from '../../src/platform/logger.ts';
import { createMailer } from '../../src/platform/mailer.ts';

test('without SMTP_URL the mail is logged in full, reset link included', async () => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ level: 'info', secrets: ['s'.repeat(40)], destination });
  const link = `http://localhost:5000/reset-password/${'aB3_-'.repeat(8)}xyz`;
  await createMailer({ smtpUrl: undefined, from: 'a@example.com', logger }).send({
    to: 'o@example.com',
    subject: 'S',
    text: `Open ${link}`,
  });
  expect(JSON.parse(lines[0] ?? '{}')).toMatchObject({ level: 'info', to: 'o@example.com', subject: 'S', text: `Open ${link}` });
});

test('an unreachable mail server is a failure, so that the job tries again', async () => {
  const logger = createLogger({ level: 'silent', secrets: [] });
  const mailer = createMailer({ smtpUrl: 'smtp://127.0.0.1:1', from: 'a@example.com', logger });
  await expect(mailer.send({ to: 'o@example.com', subject: 'S', text: 'T' })).rejects.toThrow('ECONNREFUSED');
});
