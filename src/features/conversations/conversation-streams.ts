import { createLiveStreams, type LiveStreamsDeps } from '#web/live-streams.ts';
import type { ConversationVersions } from './conversation-versions.read.ts';

/** Only that there is something new: the page then asks for it, and is answered as any request is. */
type Changed = Record<string, never>;

interface Deps extends Pick<LiveStreamsDeps<Changed>, 'tenantsOfSessions' | 'seats'> {
  versions: ConversationVersions;
}

// The messages' own path does nothing for those who look on: a process in which somebody does asks every two seconds.
const TURN_MS = 2_000;

/** Who has which conversation open. */
export const createConversationStreams = ({ versions, ...deps }: Deps) =>
  createLiveStreams<Changed>({
    ...deps,
    turnMs: TURN_MS,
    slowestTurns: 1,
    async look(watched) {
      const found = await versions(watched);
      return watched.map(({ id }) => {
        const version = found.get(id);
        return version === undefined ? null : { news: {}, id: version };
      });
    },
  });

export type ConversationStreams = ReturnType<typeof createConversationStreams>;
