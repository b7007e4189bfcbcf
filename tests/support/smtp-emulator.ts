// A mail server of a few lines: takes every mail, keeps it, can be taken down and brought back on the same port.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

export interface KeptMail {
  to: string;
  data: string;
}

/** Listens on the loopback. `port`: a fixed one, for a server that comes back. */
export async function startSmtpEmulator({ port = 0 }: { port?: number } = {}) {
  const mails: KeptMail[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    serve(socket, mails);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address() as AddressInfo;

  return {
    url: `smtp://127.0.0.1:${address.port}`,
    port: address.port,
    mails,
    async close(): Promise<void> {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port nobody listens on. */
export async function closedPort(): Promise<number> {
  const { port, close } = await startSmtpEmulator();
  await close();
  return port;
}

function serve(socket: Socket, mails: KeptMail[]): void {
  let to = '';
  let data: string | null = null;
  let rest = '';
  const say = (line: string): void => void socket.write(`${line}\r\n`);

  function onLine(line: string): void {
    if (data !== null) {
      if (line !== '.') data += `${line}\n`;
      else {
        mails.push({ to, data });
        data = null;
        say('250 kept');
      }
      return;
    }
    to = /^RCPT TO:<([^>]*)>/i.exec(line)?.[1] ?? to;
    if (/^DATA/i.test(line)) data = '';
    if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
    else say(data === null ? '250 ok' : '354 go on');
  }

  say('220 emulator');
  socket.on('data', (chunk) => {
    const lines = (rest + chunk.toString('utf8')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  });
}
