import { newId } from '../crypto/ids.ts';
import type { SealContext, Sealer } from '../crypto/seal.ts';
import type { Logger } from '../logger.ts';
import type { Mail, Mailer } from '../mailer.ts';
import type { Queue } from './queue.ts';
import type { QueueJobs } from './queue-schema.ts';

/** A mail's job as it lies in the queue. Older versions stored the mail itself; what they left waiting is sent all the same. */
export interface WaitingMail {
  id: string;
  data: QueueJobs['mail'] | Mail;
}

// What nodemailer tells of a failure in codes: its own, the system's, the mail server's.
interface Failure {
  code?: string;
  originalCode?: string;
  responseCode?: number | false;
}

// A mail is a person's, who may have no business.
const contextOf = (jobId: string): SealContext => ({ table: 'pgboss.job', column: 'data', rowId: jobId, tenantId: '' });

/**
 * The one way of mails. While one waits, its address, its words and whatever link is in it are sealed and bound to its job.
 * Any key of ENCRYPTION_KEY opens it; none is sealed anew at a rotation, as a mail is tried for about a day only.
 */
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
  /** @throws when it was sealed with a key this installation does not have, for another job, or was changed. */
  const open = ({ id, data }: WaitingMail): Mail =>
    'sealed' in data ? (JSON.parse(sealer.open(data.sealed, contextOf(id))) as Mail) : data;

  /** Another process, or a key that is put back, may open it later: it is tried as often as any mail. */
  function tryToOpen(job: WaitingMail): Mail {
    try {
      return open(job);
    } catch {
      logger.error({ job: job.id }, 'mail: no key of ENCRYPTION_KEY opens it');
      throw new Error('No key of ENCRYPTION_KEY opens the mail.');
    }
  }

  return {
    open,

    /** Queues the mail, sealed. */
    async put(mail: Mail): Promise<void> {
      const id = newId();
      await queue.enqueue('mail', { sealed: sealer.seal(JSON.stringify(mail), contextOf(id)) }, { id });
    },

    /** Sends a mail that waited. @throws when it was not sent: to be tried again. */
    async send(job: WaitingMail): Promise<void> {
      await mailer.send(tryToOpen(job)).catch(failWithoutWords);
    },
  };
}

/** pg-boss keeps the error beside the job, and a mail server's words repeat the address, or a line of the mail. */
function failWithoutWords({ code, originalCode, responseCode }: Failure): never {
  throw new Error(['The mail was not sent:', code, originalCode, responseCode].filter(Boolean).join(' '));
}

export type WaitingMails = ReturnType<typeof createWaitingMails>;
