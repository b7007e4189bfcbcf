import { atMost } from '#platform/at-most.ts';
import type { Notifications } from '#platform/db/notifications.ts';
import type { Logger } from '#platform/logger.ts';
import type { DeskSender } from './desk-sender.ts';
import type { DeskMessagesRepo, DueMessage } from './messages.repo.ts';

interface Deps {
  messages: DeskMessagesRepo;
  sender: DeskSender;
  notifications: Pick<Notifications, 'on'>;
  logger: Logger;
  /** On the embedded database no other process can be sending. */
  onlyProcess: boolean;
  tickMs?: number;
  /** After this time a claimed message belongs to a dead process. */
  claimMs?: number;
}

const BATCH = 50;
const EVENTS = 200;
// A call of ten seconds, and the wait for an unavailable database.
const CLAIM_MS = 30_000;
const STOP_MS = 8_000;

/** Makes cards of events, sends what is due and keeps sent cards up to date. All state is in the database. */
export function createDeskRunner({
  messages,
  sender,
  notifications,
  logger,
  onlyProcess,
  tickMs = 2_000,
  claimMs = CLAIM_MS,
}: Deps) {
  const running = new Set<Promise<void>>();
  const refreshing = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | null = null;
  let again = false;
  let stopping = false;

  async function sendDue(): Promise<void> {
    const due = await messages.claimAcrossTenants(BATCH);
    for (const message of due) follow(sender.send(message).then(look));
  }

  async function tick(): Promise<void> {
    await messages.releaseAcrossTenants(claimMs);
    await messages.makeCardsAcrossTenants(EVENTS);
    await sendDue();
    for (const card of await messages.staleAcrossTenants(BATCH)) refresh(card);
  }

  /** Beside the sends, so that a new card does not wait for the edits of others. */
  function refresh(card: DueMessage): void {
    if (refreshing.has(card.id)) return;
    refreshing.add(card.id);
    follow(sender.refresh(card).finally(() => refreshing.delete(card.id)));
  }

  function follow(work: Promise<void>): void {
    const done = work
      .catch((err: unknown) => logger.warn({ err }, 'desk: a message was interrupted, it goes on soon'))
      .finally(() => running.delete(done));
    running.add(done);
  }

  /** A call while it looks makes it look once more. */
  function look(): void {
    again = true;
    if (stopping || looking) return;
    looking = (async () => {
      while (again && !stopping) {
        again = false;
        await tick();
      }
    })()
      .catch((err: unknown) => logger.warn({ err }, 'desk: messages could not be looked for, trying again'))
      .finally(() => {
        looking = null;
        // Asked for after the last look had begun to end.
        if (again) look();
      });
  }

  return {
    async start(): Promise<void> {
      if (onlyProcess) await messages.releaseAcrossTenants(0);
      notifications.on('attention', look);
      notifications.on('questions', look);
      notifications.on('desk', look);
      timer = setInterval(look, tickMs);
      look();
    },

    /** Waits up to 8 s for messages in flight. */
    async stop(): Promise<void> {
      stopping = true;
      clearInterval(timer);
      const idle = async (): Promise<void> => {
        await looking;
        await Promise.all(running);
      };
      await atMost(STOP_MS, idle());
    },
  };
}
