import { createLiveStreams, type LiveStreamsDeps, type Watched } from '#web/live-streams.ts';

/** Viewers are told only that something changed. The page then requests it like any other. */
type Changed = Record<string, never>;

interface Deps extends Pick<LiveStreamsDeps<Changed>, 'tenantsOfSessions' | 'seats'> {
  versions: (watched: Watched[]) => Promise<Map<string, string>>;
}

// The message path does nothing for viewers: a process with viewers polls every two seconds.
const TURN_MS = 2_000;

/** Notifies everyone who has a conversation open of its changes. */
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
