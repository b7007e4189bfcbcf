import nodemailer from 'nodemailer';
import type { Logger } from './logger.ts';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

const TIMEOUT_MS = 15_000;

/** Without SMTP_URL mails are written to the log in full, so that a fresh install can reset a password. */
export function createMailer({ smtpUrl, from, logger }: { smtpUrl: string | undefined; from: string; logger: Logger }) {
  const transport = smtpUrl
    ? nodemailer.createTransport(smtpUrl, { from, connectionTimeout: TIMEOUT_MS, socketTimeout: TIMEOUT_MS } as object)
    : null;
  return {
    async send({ to, subject, text }: Mail): Promise<void> {
      if (transport) await transport.sendMail({ from, to, subject, text });
      else logger.info({ to, subject, text }, 'mail (SMTP_URL is not set, so it was not sent)');
    },
  };
}

export type Mailer = ReturnType<typeof createMailer>;
