import type { Logger } from '../logger.ts';
import type { Database } from './database.ts';

const CHANNEL = 'botfactory';
const RECONNECT_MS = 2_000;
// R05 (half-open connection): only a query reveals it.
const PING_MS = 10_000;

/** The payload is a hint to read the database, never the data itself. */
export type Topic = 'connections' | 'work' | 'broadcasts' | 'pauses' | 'attention' | 'questions' | 'desk' | 'imports' | 'ai';

/** After a reconnect every listener is called once, because notifications were lost meanwhile. Listeners must also poll. */
export function createNotifications({ database, logger }: { database: Database; logger: Logger }) {
  const listeners: { topic: Topic; wake: (detail: string) => void }[] = [];
  let client: ReturnType<Database['dedicatedClient']> | null = null;
  let stopped = false;

  async function connect(): Promise<void> {
    if (stopped) return;
    const opened = database.dedicatedClient();
    client = opened;
    const drop = (): void => void opened.end().catch(() => {});
    let ping: NodeJS.Timeout | undefined;
    opened.on('notification', hear);
    // Not `once`: a second error without a listener would end the process.
    opened.on('error', drop);
    opened.once('end', () => {
      clearInterval(ping);
      if (!stopped) setTimeout(() => void connect(), RECONNECT_MS).unref();
    });
    try {
      await opened.connect();
      await opened.query(`LISTEN ${CHANNEL}`);
      ping = setInterval(() => void opened.query('SELECT 1').catch(drop), PING_MS).unref();
      for (const listener of listeners) listener.wake('');
    } catch (err) {
      logger.warn({ err }, 'notifications: not connected, polling only until they are');
      drop();
    }
  }

  function hear({ payload = '' }: { payload?: string | undefined }): void {
    const [topic, detail = ''] = payload.split(':', 2) as [string, string?];
    for (const listener of listeners) if (listener.topic === topic) listener.wake(detail);
  }

  return {
    start: connect,

    on(topic: Topic, wake: (detail: string) => void): void {
      listeners.push({ topic, wake });
    },

    async notify(topic: Topic, detail = ''): Promise<void> {
      await database.sql.query(`SELECT pg_notify('${CHANNEL}', $1)`, [`${topic}:${detail}`]);
    },

    async stop(): Promise<void> {
      stopped = true;
      await client?.end().catch(() => {});
    },
  };
}

export type Notifications = ReturnType<typeof createNotifications>;
