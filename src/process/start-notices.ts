import type { Env } from '../env.ts';

interface Notice {
  level: 'warn' | 'error';
  line: string;
}

/** S25: settings that are allowed and weak, said at each start. */
export function startNotices({ NODE_ENV, SMTP_URL, PUBLIC_URL }: Pick<Env, 'NODE_ENV' | 'SMTP_URL' | 'PUBLIC_URL'>): Notice[] {
  const notices: Notice[] = [];
  const isProduction = NODE_ENV === 'production';
  if (isProduction && !SMTP_URL) {
    const line = 'SMTP_URL is not set: no mail is sent, and reset links are written to this log. Set SMTP_URL and MAIL_FROM';
    notices.push({ level: 'error', line });
  }
  if (!PUBLIC_URL?.startsWith('https://')) {
    const line = 'PUBLIC_URL is no https address: over plain http cookies are not Secure and passwords travel in the clear';
    notices.push({ level: isProduction ? 'error' : 'warn', line });
  }
  return notices;
}
