import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { GraphAccount } from './accounts.ts';
import { type GraphReply, graphError } from './errors.ts';
import { type Faults, playFault } from './faults.ts';
import { attachmentProblem } from './instagram-files.ts';
import { instagramMethod, refreshToken } from './instagram-methods.ts';
import { whatsappMethod } from './whatsapp-methods.ts';

export interface GraphState {
  url: string;
  accounts: GraphAccount[];
  faults: Faults;
  now: () => number;
  siteUrl: () => string | null;
  /** Something happened that a waiting test may look for. */
  changed: () => void;
  onSent: (account: GraphAccount, externalId: string) => Promise<void>;
}

/** One server for both hosts: the token tells which account is meant. */
export function createGraphServer(state: GraphState): Server {
  return createServer((request, response) => {
    handle(state, request, response)
      .catch(() => response.destroy())
      .finally(state.changed);
  });
}

async function handle(state: GraphState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://graph');
  const path = url.pathname.replace(/^\/(?:v\d+\.\d+\/)?/, '');
  if (path.startsWith('cdn/')) return sendFile(response, state.accounts, path.slice('cdn/'.length));
  const token = tokenOf(request, url);
  const account = state.accounts.find((one) => one.token === token && !one.revoked);
  if (!account) {
    // An outage comes before any token is looked at.
    const outage = state.faults.take('', path, request.method);
    if (!outage || !(await playFault(outage, response))) send(response, graphError({ code: 190, subcode: 463 }));
    return;
  }
  const body = await bodyOf(request);
  account.requests.push({ method: request.method ?? '', path, token, body });

  const fault = state.faults.take(account.id, path, request.method);
  if (fault && (await playFault(fault, response))) return;
  if (path.startsWith('media/')) return sendFile(response, [account], path.slice('media/'.length));
  if (path === 'refresh_access_token') return send(response, refreshToken(account, state.now()));
  const sent: Promise<void>[] = [];
  const context = {
    nowMs: state.now(),
    url: state.url,
    onSent: (who: GraphAccount, externalId: string) => void sent.push(state.onSent(who, externalId)),
  };
  const run = account.kind === 'whatsapp' ? whatsappMethod : instagramMethod;
  const problem = account.kind === 'instagram' ? await attachmentProblem(body, state.siteUrl()) : null;
  const reply = problem ?? run(account, { method: request.method ?? '', path, body, query: url.searchParams }, context);
  await Promise.all(sent);
  if (fault?.kind === 'lost_answer') return void response.socket?.destroy();
  send(response, reply);
}

function tokenOf(request: IncomingMessage, url: URL): string | null {
  const [, bearer] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
  return bearer ?? url.searchParams.get('access_token');
}

function send(response: ServerResponse, { status, body, headers }: GraphReply): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8', ...headers }).end(JSON.stringify(body));
}

function sendFile(response: ServerResponse, accounts: GraphAccount[], id: string): void {
  const file = accounts.map(({ media }) => media.get(id)).find((found) => found !== undefined);
  if (!file) send(response, graphError({ code: 100, status: 404 }));
  else response.writeHead(200, { 'content-type': file.mimeType, 'content-length': file.bytes.length }).end(file.bytes);
}

/** JSON, or a form with a file as `{ file: { bytes, mimeType }, … }`. */
async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/'))
    return bytes.length > 0 ? (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>) : {};
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const entries = [...form].map(async ([name, value]) => [
    name,
    typeof value === 'string' ? value : { bytes: Buffer.from(await value.arrayBuffer()), mimeType: value.type },
  ]);
  return Object.fromEntries(await Promise.all(entries)) as Record<string, unknown>;
}
