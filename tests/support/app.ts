// The web application as it runs, over a test database, driven by agents that keep cookies like a browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import request, { type Response } from 'supertest';
import { createApp } from '../../src/app.ts';
import { createContainer } from '../../src/container.ts';
import { readEnv } from '../../src/env.ts';
import { openDatabase } from '../../src/platform/db/database.ts';
import type { WaitingMail } from '../../src/platform/jobs/waiting-mails.ts';
import type { Mail } from '../../src/platform/mailer.ts';
import type { PublicFetch } from '../../src/platform/public-fetch.ts';
import './compiled-views.ts';
import { type Agent, knownToken, readToken } from './form-tokens.ts';
import { type TestDatabase, testDatabase } from './test-database.ts';

export { type Agent, csrfOf } from './form-tokens.ts';

// The work of hashing proves nothing here.
const LOWEST_BCRYPT_COST = 4;
export const PASSWORD = 'seven blue cranes at dusk';

/**
 * The app on a database of its own, or as another process on that of `beside`. Jobs are queued and not worked on: `mails` reads
 * them. Close it in afterAll.
 */
export async function testApp(
  extraEnv: Record<string, string> = {},
  beside?: { opened: TestDatabase },
  parts: { fetchPublic?: PublicFetch } = {},
) {
  const opened = beside ? { ...beside.opened, close: async () => {} } : await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), 'bf-web-'));
  const env = readEnv({ NODE_ENV: 'test', ROLE: 'web', DATA_DIR: dataDir, SESSION_SECRET: 's'.repeat(40), ...extraEnv });
  const containerOn = (database: typeof opened.database) =>
    createContainer({
      env,
      opened: { ...opened, database, embedded: null } as never,
      logger: pino({ level: 'silent' }) as never,
      passwordCost: LOWEST_BCRYPT_COST,
      ...parts,
    });
  const container = await containerOn(opened.database);
  await container.queue.start();
  const app = createApp(container);
  const server = await listening(app);
  const { sql } = container.database;

  return {
    app,
    opened,
    container,
    sql,
    /** A new browser. Each one has an address of its own, as the limits see it. */
    agent: agentOf(server),
    /** The app once more, as another process on the same database has it. */
    async another() {
      const database = openDatabase(opened.address, { onError: () => {} });
      const second = await containerOn(database);
      const secondServer = await listening(createApp(second));
      const close = async (): Promise<void> => {
        end(secondServer);
        await database.close();
      };
      return { container: second, agent: agentOf(secondServer), close };
    },
    async mails(): Promise<Mail[]> {
      const { rows } = await sql.query<WaitingMail>(
        "SELECT id, data FROM pgboss.job WHERE name IN ('mail', 'security-mail') ORDER BY created_on",
      );
      return rows.map(container.waitingMails.open);
    },
    async close(): Promise<void> {
      end(server);
      await container.queue.stop();
      await opened.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export type TestApp = Awaited<ReturnType<typeof testApp>>;

/** One server for all agents; each of them would open one for each request. A busy machine must not close a connection in use. */
const listening = (app: ReturnType<typeof createApp>): Promise<Server> =>
  new Promise((resolve) => {
    const server: Server = createServer({ keepAliveTimeout: 0 }, app).listen(0, '127.0.0.1', () => resolve(server));
  });

function end(server: Server): void {
  server.closeAllConnections();
  server.close();
}

const agentOf =
  (server: Server) =>
  (address = nextAddress()): Agent =>
    // Compressing each page for a client on the same machine would only cost time.
    request.agent(server).set({ 'X-Forwarded-For': address, 'Accept-Encoding': 'identity' }) as Agent;

let addresses = 0;
const nextAddress = (): string => `10.0.${Math.floor(addresses / 250)}.${(addresses++ % 250) + 1}`;

/** Sends the form to `path`. A page of the agent's is opened for the token where none is known. */
export async function postForm(agent: Agent, path: string, fields: Record<string, string>, page = '/'): Promise<Response> {
  const send = (_csrf: string): Promise<Response> =>
    agent
      .post(path)
      .type('form')
      .send({ ...fields, _csrf });
  const known = knownToken(agent);
  const answer = known === undefined ? undefined : await send(known);
  // The token may be of a session that has ended meanwhile.
  return answer && answer.status !== 403 ? answer : send(await readToken(agent, page));
}

let people = 0;
/** Registers somebody new, who is signed in afterwards. */
export async function register(agent: Agent, fields: Partial<Record<'username' | 'email' | 'password', string>> = {}) {
  const username = `person${++people}.${process.pid}`;
  const person = { username, email: `${username}@example.com`, password: PASSWORD, ...fields };
  const response = await postForm(agent, '/register', person);
  if (response.status !== 303) throw new Error(`registering failed: ${response.status} ${response.text}`);
  return person;
}

export const login = (agent: Agent, loginName: string, password: string): Promise<Response> =>
  postForm(agent, '/login', { login: loginName, password });
