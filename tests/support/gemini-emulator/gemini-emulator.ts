import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contentsRefusal } from './contents.ts';
import { defaultAnswer } from './default-answer.ts';
import { EMBED_ROUTE, type EmbedBody, type EmbedRequest, embedRefusal, vectorOf } from './embeddings.ts';
import { badKey, type GeminiFault, modelGone, playFault } from './faults.ts';
import { configRefusal } from './generation-config.ts';
import { answerBody, errorBody, type GeminiRequest, type ModelAnswer, questionOf } from './protocol.ts';

export type { GeminiFault } from './faults.ts';
export { entriesOf, type GeminiRequest, type ModelAnswer, questionOf, systemTextOf } from './protocol.ts';

export const EMULATED_KEY = 'AIzaSyEmulated-0123456789abcdefghijklmno';
const ROUTE = /^\/v1beta\/models\/([^/:]+):generateContent$/;
const MODEL_ROUTE = /^\/v1beta\/models\/([^/:]+)$/;

/** What a test may change while the emulator runs. */
export interface GeminiControls {
  /** Plays until it is set back to null. */
  fault: GeminiFault | null;
  /** Played one per request, before `fault`. */
  nextFaults: (GeminiFault | null)[];
  /** How long an answer takes; by request, where a function. */
  latencyMs: number | ((request: GeminiRequest) => number);
  /** Writes the answer; the default reads the knowledge in the instruction. */
  answer: (request: GeminiRequest) => ModelAnswer;
  /** Models that are gone: 404. */
  retired: Set<string>;
  /** Questions for an entry: what they are, and what goes wrong. Apart from answers, because they come when they come. */
  suggest: (request: GeminiRequest) => ModelAnswer;
  suggestFault: GeminiFault | null;
  /** Which of the open questions are the same. */
  compare: (request: GeminiRequest) => ModelAnswer;
  /** Words that mean the same, for embeddings. */
  topics: string[][];
  embedFault: GeminiFault | null;
  embedLatencyMs: number;
}

/** Google's generateContent over HTTP, on the loopback only. A request without `apiKey` is refused as Google refuses it. */
export async function startGeminiEmulator({ port = 0, apiKey = EMULATED_KEY }: { port?: number; apiKey?: string } = {}) {
  const requests: GeminiRequest[] = [];
  const suggestions: GeminiRequest[] = [];
  const comparisons: GeminiRequest[] = [];
  const embeddings: EmbedRequest[] = [];
  const controls = healthy();
  let inFlight = 0;
  let mostInFlight = 0;
  const server = createServer((request, response) => {
    inFlight += 1;
    mostInFlight = Math.max(mostInFlight, inFlight);
    response.on('close', () => {
      inFlight -= 1;
    });
    void handle(request, response, { apiKey, controls, requests, suggestions, comparisons, embeddings });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    requests,
    /** Requests for questions of an entry. */
    suggestions,
    /** Requests to compare open questions. */
    comparisons,
    embeddings,
    controls,
    inFlight: () => inFlight,
    mostInFlight: () => mostInFlight,
    /** Back to a healthy, quick, forgetful emulator. */
    reset(): void {
      requests.length = 0;
      mostInFlight = 0;
      suggestions.length = 0;
      comparisons.length = 0;
      embeddings.length = 0;
      Object.assign(controls, healthy());
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const healthy = (): GeminiControls => ({
  fault: null,
  nextFaults: [],
  latencyMs: 0,
  answer: defaultAnswer,
  retired: new Set(),
  suggest: suggestByTitle,
  suggestFault: null,
  compare: () => ({ raw: JSON.stringify({ groups: [] }) }),
  topics: [],
  embedFault: null,
  embedLatencyMs: 0,
});

/** Says nothing that the title does not say. */
function suggestByTitle(request: GeminiRequest): ModelAnswer {
  const [, title = ''] = /<entry title="([^"]*)">/.exec(questionOf(request.body)) ?? [];
  return { raw: JSON.stringify({ questions: [`${title}?`, `${title} haqida`, `Про: ${title}`], summary: title }) };
}

const nextFault = ({ nextFaults, fault }: GeminiControls): GeminiFault | null =>
  nextFaults.length > 0 ? (nextFaults.shift() ?? null) : fault;

const asksFor = ({ body }: GeminiRequest, property: string): boolean => {
  const schema = body.generationConfig?.['responseSchema'] as { properties?: object } | undefined;
  return property in (schema?.properties ?? {});
};

export type GeminiEmulator = Awaited<ReturnType<typeof startGeminiEmulator>>;

interface Heard {
  requests: GeminiRequest[];
  suggestions: GeminiRequest[];
  comparisons: GeminiRequest[];
  embeddings: EmbedRequest[];
}

async function handle(
  incoming: IncomingMessage,
  response: ServerResponse,
  { apiKey, controls, ...heard }: Heard & { apiKey: string; controls: GeminiControls },
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://emulator');
  const model = url.pathname.match(ROUTE)?.[1];
  const body = await readBody(incoming);
  if (incoming.method === 'POST' && EMBED_ROUTE.test(url.pathname))
    return embed(incoming, url, body, response, { apiKey, controls, ...heard });
  const named = url.pathname.match(MODEL_ROUTE)?.[1];
  if (incoming.method === 'GET' && named) {
    const key = incoming.headers['x-goog-api-key'] ?? url.searchParams.get('key');
    if (key !== apiKey) return reply(response, 400, badKey());
    return controls.retired.has(named)
      ? reply(response, 404, modelGone(named))
      : reply(response, 200, { name: `models/${named}` });
  }
  if (incoming.method !== 'POST' || !model) return reply(response, 404, errorBody(404, 'NOT_FOUND', 'Not found'));
  const given = incoming.headers['x-goog-api-key'] ?? url.searchParams.get('key');
  const request: GeminiRequest = { model, apiKey: typeof given === 'string' ? given : null, body: JSON.parse(body) };
  const isSuggestion = asksFor(request, 'questions');
  const isComparison = asksFor(request, 'groups');
  (isSuggestion ? heard.suggestions : isComparison ? heard.comparisons : heard.requests).push(request);
  const latencyMs = typeof controls.latencyMs === 'function' ? controls.latencyMs(request) : controls.latencyMs;
  if (latencyMs > 0) await new Promise((resolve) => setTimeout(resolve, latencyMs));

  const fault = isSuggestion ? controls.suggestFault : nextFault(controls);
  if (fault) return playFault(fault, model, response);
  if (request.apiKey !== apiKey) return reply(response, 400, badKey());
  if (controls.retired.has(model)) return reply(response, 404, modelGone(model));
  const refusal = invalidArgument(request);
  if (refusal) return reply(response, 400, errorBody(400, 'INVALID_ARGUMENT', refusal));
  const answer = isSuggestion ? controls.suggest : isComparison ? controls.compare : controls.answer;
  reply(response, 200, answerBody(answer(request), request));
}

async function embed(
  incoming: IncomingMessage,
  url: URL,
  body: string,
  response: ServerResponse,
  { apiKey, controls, embeddings }: Heard & { apiKey: string; controls: GeminiControls },
): Promise<void> {
  const [, model = '', method] = EMBED_ROUTE.exec(url.pathname) ?? [];
  const isBatch = method === 'batchEmbedContents';
  const given = incoming.headers['x-goog-api-key'];
  const asked: EmbedBody = isBatch ? JSON.parse(body) : { requests: [JSON.parse(body)] };
  const texts = asked.requests.map(({ content }) => content?.parts?.[0]?.text ?? '');
  const dimensions = asked.requests.map(({ outputDimensionality = 3072 }) => outputDimensionality);
  embeddings.push({ model, apiKey: typeof given === 'string' ? given : null, texts, dimensions });
  if (controls.embedLatencyMs > 0) await new Promise((resolve) => setTimeout(resolve, controls.embedLatencyMs));
  if (controls.embedFault) return playFault(controls.embedFault, model, response);
  if (given !== apiKey) return reply(response, 400, badKey());
  const refusal = embedRefusal(model, asked, isBatch);
  if (refusal) return reply(response, ...refusal);
  const vectors = texts.map((text, at) => ({ values: vectorOf(text, dimensions[at] as number, controls.topics) }));
  reply(response, 200, isBatch ? { embeddings: vectors } : { embedding: vectors[0] });
}

/** The refusals that cost real callers an evening: a wrong configuration, an empty turn, a model turn first. */
function invalidArgument({ model, body }: GeminiRequest): string | null {
  const refusal = configRefusal(model, body);
  if (refusal) return refusal;
  return contentsRefusal(body);
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
