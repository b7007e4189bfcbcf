import { createServer, type Server } from 'node:http';
import { StartError } from '#platform/start-error.ts';
import type { Env } from '../env.ts';

/** Runs before the database is opened, so that an impossible start changes nothing. */
export async function refuseTakenPort(env: Env): Promise<void> {
  const server = createServer();
  await listen(server, env);
  await new Promise((resolve) => server.close(resolve));
}

/** @throws StartError when the port is in use or not allowed. */
export function listen(server: Server, { PORT, HOST }: Env): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const why = code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${message})`;
      reject(
        new StartError(`Port ${PORT} ${why}. Stop the program that holds it, or choose another one: PORT=${PORT + 1} npm start`),
      );
    });
    server.listen(PORT, HOST, resolve);
  });
}
