import type { IncomingMessage } from 'node:http';
import type { Agent } from './app.ts';

/** A stream of events as far as it has come. */
export interface OpenStream {
  status: number;
  text: string;
  ended: boolean;
  hangUp(): void;
}

/** Asks for a stream as the agent; resolves when it is answered. */
export function openStream(agent: Agent, path: string, headers: Record<string, string> = {}): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const asked = agent.get(path).set(headers).redirects(0).buffer(true);
    const stream: OpenStream = { status: 0, text: '', ended: false, hangUp: () => void asked.abort() };
    asked.parse(((answer: IncomingMessage, done: (error: null, body: string) => void) => {
      stream.status = answer.statusCode ?? 0;
      answer.on('data', (chunk: Buffer) => {
        stream.text += chunk.toString();
      });
      answer.once('close', () => {
        stream.ended = true;
        done(null, '');
      });
      resolve(stream);
    }) as never);
    asked.end((error) => error && stream.status === 0 && reject(error));
  });
}
