import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { BotState } from './bot-state.ts';
import type { Fault, Faults } from './faults.ts';
import { type Answer, METHODS } from './methods.ts';
import { getUpdates } from './polling.ts';

const WELL_FORMED = /^\d+:[\w-]{20,}$/;

export interface ServerParts {
  bots: Map<string, BotState>;
  faults: Faults;
  /** Called after every call, so that waiting conditions look again. */
  changed: () => void;
  control: (req: IncomingMessage, body: string) => Promise<unknown>;
}

/** The Bot API's HTTP: /bot<token>/<method>, /file/bot<token>/<path>, and /control for the demo. */
export function createEmulatorServer(parts: ServerParts): Server {
  const server = createServer((req, res) => {
    handle(parts, req, res).catch((error) => send(res, { status: 500, description: `Internal Server Error: ${error}` }));
  });
  // The real server keeps idle connections for long; a short time here would reset the client's next call.
  server.keepAliveTimeout = 60_000;
  return server;
}

async function handle(parts: ServerParts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const url = new URL(req.url ?? '/', 'http://emulator');
  const bytes = await readBody(req);
  if (url.pathname.startsWith('/control')) return sendJson(res, 200, await parts.control(req, bytes.toString('utf8')));
  const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(url.pathname);
  if (file) return sendFile(parts, { token: file[1] as string, path: file[2] as string, res });
  const call = /^\/bot([^/]+)\/(\w+)$/.exec(url.pathname);
  if (!call) return send(res, { status: 404, description: 'Not Found' });
  await answerCall(parts, {
    token: decodeURIComponent(call[1] as string),
    method: call[2] as string,
    params: { ...Object.fromEntries(url.searchParams), ...(await paramsOf(req, bytes)) },
    res,
  });
  parts.changed();
}

interface ApiCall {
  token: string;
  method: string;
  params: Record<string, unknown>;
  res: ServerResponse;
}

async function answerCall({ bots, faults, changed }: ServerParts, { token, method, params, res }: ApiCall): Promise<void> {
  if (!WELL_FORMED.test(token)) return send(res, { status: 404, description: 'Not Found' });
  const bot = bots.get(token);
  if (!bot) {
    // An outage comes before any token is looked at.
    const outage = faults.take(0, method);
    if (!outage || (await passes(outage, res))) send(res, { status: 401, description: 'Unauthorized' });
    return;
  }
  bot.calls.push({ method, params, atMs: Date.now() });
  changed();
  if (bot.revoked) return send(res, { status: 401, description: 'Unauthorized' });
  const fault = faults.take(bot.id, method, params['chat_id']);
  if (fault && !(await passes(fault, res))) return;
  if (method === 'getUpdates') {
    return send(res, await getUpdates(bot, params, (end) => res.on('close', end)));
  }
  send(res, METHODS[method]?.(bot, params) ?? { status: 404, description: 'Not Found: method not found' });
}

/** Whether the call goes on after the fault. */
async function passes(fault: Fault, res: ServerResponse): Promise<boolean> {
  switch (fault.kind) {
    case 'latency':
      await new Promise((resolve) => setTimeout(resolve, fault.ms));
      return true;
    case 'html':
      res
        .writeHead(fault.status, { 'content-type': 'text/html' })
        .end(`<html><body><h1>${fault.status} Bad Gateway</h1></body></html>`);
      return false;
    case 'error': {
      const { status, description, retryAfterSeconds } = fault;
      send(res, {
        status,
        description,
        ...(retryAfterSeconds !== undefined && { parameters: { retry_after: retryAfterSeconds } }),
      });
      return false;
    }
    case 'reset':
      res.socket?.resetAndDestroy();
      return false;
    case 'hang':
      return false;
  }
}

/** JSON, a plain form, or one with files: `attach://name` stands for the file of that name, as `{ bytes, mimeType }`. */
async function paramsOf(req: IncomingMessage, bytes: Buffer): Promise<Record<string, unknown>> {
  const type = req.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/')) {
    const body = bytes.toString('utf8');
    return body.startsWith('{') ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body));
  }
  const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  const params: Record<string, unknown> = {};
  for (const [name, value] of form) {
    const file = typeof value === 'string' ? form.get(value.replace('attach://', '')) : value;
    params[name] = file instanceof File ? { bytes: Buffer.from(await file.arrayBuffer()), mimeType: file.type } : value;
  }
  return params;
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function send(res: ServerResponse, { status, result, description, parameters }: Answer): void {
  if (res.destroyed) return;
  sendJson(
    res,
    status,
    description === undefined ? { ok: true, result } : { ok: false, error_code: status, description, parameters },
  );
}

function sendJson(res: ServerResponse, status: number, value: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Faults know it as the method `file`. */
async function sendFile(
  { bots, faults }: ServerParts,
  { token, path, res }: { token: string; path: string; res: ServerResponse },
) {
  const bot = bots.get(token);
  const file = bot && !bot.revoked ? [...bot.files.values()].find((stored) => stored.path === path) : undefined;
  if (!bot || !file) return send(res, { status: 404, description: 'Not Found' });
  const fault = faults.take(bot.id, 'file');
  if (fault && !(await passes(fault, res))) return;
  res.writeHead(200, { 'content-type': file.mimeType, 'content-length': file.bytes.length }).end(file.bytes);
}
