// Which use case performs which job.
import type { createAnswerer } from '#features/messaging/answer-message.ts';
import type { createGiveUp } from '#features/messaging/give-up.ts';
import { createHousekeeping } from '#jobs/housekeeping.ts';
import type { JobHandlers } from '#jobs/worker.ts';
import type { Foundation } from './container.ts';

interface Deps extends Pick<Foundation, 'database' | 'mailer'> {
  answer: ReturnType<typeof createAnswerer>;
  giveUp: ReturnType<typeof createGiveUp>;
}

export function jobHandlers({ database, mailer, answer, giveUp }: Deps): JobHandlers {
  return {
    reply: answer,
    deadReply: giveUp,
    mail: mailer.send,
    housekeeping: createHousekeeping({ database }),
  };
}
