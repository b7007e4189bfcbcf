import { newId } from '#platform/crypto/ids.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import { groupAsked } from './group-asked.ts';
import type { GroupingRepo } from './grouping.repo.ts';

const BATCH = 200;

interface Deps {
  grouping: GroupingRepo;
  notifications: Pick<Notifications, 'on' | 'notify'>;
  logger: Logger;
}

/** Groups what customers ask, as soon as it is asked; whatever a process leaves is taken up by the next look. */
export function createQuestionGrouper({ grouping, notifications, logger }: Deps) {
  let running: Promise<void> | null = null;
  let again = false;
  let stopping = false;

  async function groupAll(): Promise<void> {
    do {
      again = false;
      let taken = BATCH;
      while (taken === BATCH && !stopping) {
        taken = await grouping.groupSomeAcrossTenants(BATCH, (asked, known) => groupAsked(asked, known, newId));
        // The desk waits for it where it must know whether a question is the same.
        if (taken > 0) await notifications.notify('questions');
      }
    } while (again && !stopping);
  }

  /** One run at a time; a call during a run has it look once more. */
  function look(): Promise<void> {
    again = true;
    running ??= groupAll()
      .catch((err: Error) => logger.warn(err, 'questions could not be grouped, trying again'))
      .finally(() => {
        running = null;
      });
    return running;
  }

  return {
    look,

    start(): void {
      notifications.on('attention', () => void look());
      void look();
    },

    async stop(): Promise<void> {
      stopping = true;
      await running;
    },
  };
}

export type QuestionGrouper = ReturnType<typeof createQuestionGrouper>;
