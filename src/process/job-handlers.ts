// Job name → the use case that performs it.
import type { GiveUp } from '#pipeline/give-up.ts';
import type { WaitingMails } from '#platform/jobs/waiting-mails.ts';
import type { JobHandlers } from './worker.ts';

export function createJobHandlers({
  answer,
  giveUp,
  waitingMails,
  housekeeping,
  connections,
}: {
  answer: JobHandlers['reply'];
  giveUp: GiveUp;
  waitingMails: WaitingMails;
  housekeeping: () => Promise<void>;
  connections: () => Promise<void>;
}): JobHandlers {
  return { reply: answer, deadReply: giveUp, mail: waitingMails.send, housekeeping, connections };
}
