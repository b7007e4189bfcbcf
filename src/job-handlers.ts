// Job name → the use case that performs it.
import type { GiveUp } from '#features/messaging/give-up.ts';
import type { JobHandlers } from '#jobs/worker.ts';
import type { Mailer } from '#platform/mailer.ts';

export function createJobHandlers({
  answer,
  giveUp,
  mailer,
  housekeeping,
  connections,
}: {
  answer: JobHandlers['reply'];
  giveUp: GiveUp;
  mailer: Mailer;
  housekeeping: () => Promise<void>;
  connections: () => Promise<void>;
}): JobHandlers {
  return { reply: answer, deadReply: giveUp, mail: mailer.send, housekeeping, connections };
}
