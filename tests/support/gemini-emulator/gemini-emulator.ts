import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultAnswer } from './default-answer.ts';
import { badKey, type GeminiFault, modelGone, playFault } from './faults.ts';
import { answerBody, errorBody, type GeminiRequest } from './protocol.ts';

export type { GeminiFault } from './faults.ts';
export { type GeminiRequest, questionOf, systemTextOf } from './protocol.ts';

export const EMULATED_KEY = 'AIzaSyEmulated-0123456789abcdefghijklmno';
const ROUTE = /^\/v1beta\/models\/([^/:]+):generateContent$/;

/** What a test may change while the emulator runs. */
export interface GeminiControls {
  /** Plays until it is set back to null. */
  fault: GeminiFault | null;
  /** Played one per request, before `fault`. */
  nextFaults: (GeminiFault | null)[];
  /** How long an answer takes; by request, where a function. */
  latencyMs: number | ((request: GeminiRequest) => number);
  /** Writes the answer; the default reads the knowledge in the instruction. */
  answer: (request: GeminiRequest) => string;
  /** Models that are gone: 404. */
  retired: Set<string>;
}

/** Google's generateContent over HTTP, on the loopback only. A request without `apiKey` is refused as Google refuses it. */
export async function startGeminiEmulator({ port = 0, apiKey = EMULATED_KEY }: { port?: number; apiKey?: string } = {}) {
  const requests: GeminiRequest[] = [];
  const controls: GeminiControls = { fault: null, nextFaults: [], latencyMs: 0, answer: defaultAnswer, retired: new Set() };
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    response.on('close', () => {
      inFlight -= 1;
    });
    void handle(request, response, { apiKey, controls, requests });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests,
    controls,
    inFlight: () => inFlight,
    mostInFlight: () => mostInFlight,
    /** Back to a healthy, quick, forgetful emulator. */
    reset(): void {
      requests.length = 0;
      mostInFlight = 0;
      Object.assign(controls, { fault: null, nextFaults: [], latencyMs: 0, answer: defaultAnswer, retired: new Set() });
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export type GeminiEmulator = Awaited<ReturnType<typeof startGeminiEmulator>>;

async function handle(
  incoming: IncomingMessage,
  response: ServerResponse,
  { apiKey, controls, requests }: { apiKey: string; controls: GeminiControls; requests: GeminiRequest[] },
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://emulator');
  const model = url.pathname.match(ROUTE)?.[1];
  const body = await readBody(incoming);
  if (incoming.method !== 'POST' || !model) return reply(response, 404, errorBody(404, 'NOT_FOUND', 'Not found'));
  const given = incoming.headers['x-goog-api-key'] ?? url.searchParams.get('key');
  const request: GeminiRequest = { model, apiKey: typeof given === 'string' ? given : null, body: JSON.parse(body) };
  requests.push(request);
  const latencyMs = typeof controls.latencyMs === 'function' ? controls.latencyMs(request) : controls.latencyMs;
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));

  const fault = controls.nextFaults.length > 0 ? controls.nextFaults.shift() : controls.fault;
  if (fault) return playFault(fault, model, response);
  if (request.apiKey !== apiKey) return reply(response, 400, badKey());
  if (controls.retired.has(model)) return reply(response, 404, modelGone(model));
  const refusal = invalidArgument(request);
  if (refusal) return reply(response, 400, errorBody(400, 'INVALID_ARGUMENT', refusal));
  reply(response, 200, answerBody(controls.answer(request), request));
}

/** The refusals that cost real callers an evening: a thinking level where the model has none, an empty turn, a model turn first. */
function invalidArgument({ model, body }: GeminiRequest): string | null {
  if (body.generationConfig?.thinkingConfig && !/^gemini-[3-9].*flash-lite/.test(model))
    return 'Thinking level is not supported for this model.';
  if (!body.contents?.length) return 'contents is not specified';
  if (body.contents.some((turn) => turn.parts.every((part) => !part.text && !part.inlineData)))
    return 'Unable to submit request: empty text parameter';
  if (body.contents[0]?.role === 'model') return 'Please ensure that the first turn is a user turn.';
  return null;
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
