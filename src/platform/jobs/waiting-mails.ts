import { newId } from '../crypto/ids.ts';
import type { SealContext, Sealer } from '../crypto/seal.ts';
import type { Logger } from '../logger.ts';
import type { Mail, Mailer } from '../mailer.ts';
import type { Queue } from './queue.ts';
import type { MAIL_QUEUES, QueueJobs } from './queue-schema.ts';

/** Older versions stored the mail unsealed; such jobs are still sent. */
export interface WaitingMail {
  id: string;
  data: QueueJobs['mail'] | Mail;
}

// Error codes of nodemailer, the system and the mail server.
interface Failure {
  code?: string;
  originalCode?: string;
  responseCode?: number | false;
}

const contextOf = (jobId: string): SealContext => ({ table: 'pgboss.job', column: 'data', rowId: jobId, tenantId: '' });

/** A waiting mail is sealed and bound to its job. A rotation does not seal it again, because it is tried for about a day only. */
export function createWaitingMails({
  queue,
  sealer,
  mailer,
  logger,
}: {
  queue: Pick<Queue, 'enqueue'>;
  sealer: Sealer;
  mailer: Mailer;
  logger: Logger;
}) {
  /** @throws for an unknown key, another job, or a changed value. */
  const open = ({ id, data }: WaitingMail): Mail =>
    'sealed' in data ? (JSON.parse(sealer.open(data.sealed, contextOf(id))) as Mail) : data;

  /** Another process, or a restored key, may open it later, so it is retried like any mail. */
  function tryToOpen(job: WaitingMail): Mail {
    try {
      return open(job);
    } catch {
      logger.error({ job: job.id }, 'mail: no key of ENCRYPTION_KEY opens it');
      throw new Error('No key of ENCRYPTION_KEY opens the mail.');
    }
  }

  async function put(name: (typeof MAIL_QUEUES)[number], mail: Mail): Promise<void> {
    const id = newId();
    await queue.enqueue(name, { sealed: sealer.seal(JSON.stringify(mail), contextOf(id)) }, { id });
  }

  return {
    open,

    put: (mail: Mail): Promise<void> => put('mail', mail),
    /** S76: in a queue of their own. */
    putSecurity: (mail: Mail): Promise<void> => put('security-mail', mail),

    async send(job: WaitingMail): Promise<void> {
      await mailer.send(tryToOpen(job)).catch(failWithoutWords);
    },
  };
}

/** pg-boss stores the error with the job, and a mail server's text may repeat the address or the mail. */
function failWithoutWords({ code, originalCode, responseCode }: Failure): never {
  throw new Error(['The mail was not sent:', code, originalCode, responseCode].filter(Boolean).join(' '));
}

export type WaitingMails = ReturnType<typeof createWaitingMails>;
