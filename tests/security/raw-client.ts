// A client that sends exactly what it is told, other than fetch, which tidies addresses up; keeps cookies like a browser.
import { Agent, type IncomingHttpHeaders, request } from 'node:http';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Sending {
  headers?: Record<string, string>;
  /** As it goes over the wire. */
  body?: string | Buffer;
  type?: string;
}

const keepAlive = new Agent({ keepAlive: true, maxSockets: 8 });
let visitors = 0;

/** A browser at an address of its own, as the limits see it. */
export function rawClient(port: number) {
  const cookies = new Map<string, string>();
  const address = `10.9.${Math.floor(visitors / 250)}.${(visitors++ % 250) + 1}`;

  function remember(lines: string[] = []): void {
    for (const line of lines) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /expires=thu, 01 jan 1970/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
  }

  function send(method: string, path: string, { headers = {}, body, type }: Sending = {}): Promise<Answer> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = {
      'x-forwarded-for': address,
      accept: 'text/html,*/*',
      'accept-language': 'en',
      ...(cookie && { cookie }),
      ...(type && { 'content-type': type }),
      ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const sent = request({ port, host: '127.0.0.1', method, path, headers: all, agent: keepAlive }, (response) => {
        if (response.headers['content-type']?.startsWith('text/event-stream')) {
          // It would not end by itself.
          response.destroy();
          return resolve({ status: response.statusCode ?? 0, headers: response.headers, text: '' });
        }
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          remember(response.headers['set-cookie']);
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') });
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  // The token stays the same until the person signs in or out.
  let known: { cookies: string; token: string } | undefined;
  const signedInBy = (): string => [...cookies].flatMap(([name, value]) => (/\.(csrf|sid)$/.test(name) ? value : [])).join();

  const client = {
    cookies,
    send,
    get: (path: string, headers: Record<string, string> = {}): Promise<Answer> => send('GET', path, { headers }),
    /** A form's token, from a page that has a form for everybody: the switch of languages. */
    async token(): Promise<string> {
      const read = async (): Promise<string> => /name="_csrf" value="([^"]*)"/.exec((await send('GET', '/')).text)?.[1] ?? '';
      if (known?.cookies !== signedInBy()) known = { token: await read(), cookies: signedInBy() };
      return known.token;
    },
    form: (
      path: string,
      fields: Record<string, string> | [string, string][],
      headers: Record<string, string> = {},
    ): Promise<Answer> =>
      send('POST', path, { body: new URLSearchParams(fields).toString(), type: 'application/x-www-form-urlencoded', headers }),
    /** The form as our page would send it. */
    async submit(path: string, fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Answer> {
      const send = async (): Promise<Answer> => client.form(path, { _csrf: await client.token(), ...fields }, headers);
      const answer = await send();
      if (answer.status !== 403) return answer;
      // The token may be of a session that has ended meanwhile.
      known = undefined;
      return send();
    },
  };
  return client;
}

export type RawClient = ReturnType<typeof rawClient>;

export const closeClients = (): void => keepAlive.destroy();
