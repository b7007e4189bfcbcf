import type { ServerResponse } from 'node:http';
import { errorBody } from './protocol.ts';

/** What can go wrong, by name. `hang` never answers, `drip` sends a byte now and then, the others answer as Google does. */
export type GeminiFault =
  | 'bad_key'
  | 'forbidden'
  | 'model_gone'
  | { kind: 'per_minute'; retryDelay?: string }
  | 'per_day'
  | 'limit_zero'
  | 'wrong_location'
  | 'no_billing'
  | 'no_credits'
  | 'no_free_tier'
  | 'spending_cap'
  | 'expired_key'
  | 'api_disabled'
  | 'shut_down'
  | 'bad_file'
  | 'internal'
  | 'overloaded'
  | 'bad_request'
  | 'hang'
  | 'drip'
  | 'reset'
  | 'no_candidates'
  | 'prompt_blocked'
  | 'safety'
  | 'max_tokens'
  | 'malformed_json'
  | 'wrong_shape'
  | 'html_error'
  | 'huge';

const RPC = 'type.googleapis.com/google.rpc';
const METRIC = 'generativelanguage.googleapis.com/generate_content_free_tier_requests';
const HUGE_CHARS = 4 * 1024 * 1024;
const DRIP_EVERY_MS = 20;

/** Answers the request with the fault. */
export function playFault(fault: GeminiFault, model: string, response: ServerResponse): void {
  if (fault === 'hang') return;
  if (fault === 'reset') {
    response.socket?.destroy();
    return;
  }
  if (fault === 'drip') {
    drip(response);
    return;
  }
  const [status, body] = typeof fault === 'object' ? perMinute(model, fault.retryDelay) : FIXED[fault](model);
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

type Answer = [status: number, body: object | string];
type FixedFault = Exclude<GeminiFault, object | 'hang' | 'drip' | 'reset'>;

const FIXED: Record<FixedFault, (model: string) => Answer> = {
  bad_key: () => [400, badKey()],
  forbidden: () => [403, errorBody(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.')],
  model_gone: (model) => [404, modelGone(model)],
  per_day: (model) => [429, quota(model, 'GenerateRequestsPerDayPerProjectPerModel-FreeTier', '20', '31s')],
  limit_zero: (model) => [429, quota(model, 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '0', '1s')],
  wrong_location: () => [400, errorBody(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.')],
  no_billing: () => [
    400,
    errorBody(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use without a billing account linked.'),
  ],
  no_credits: () => [429, errorBody(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.')],
  no_free_tier: () => [
    400,
    errorBody(
      400,
      'FAILED_PRECONDITION',
      'Gemini API free tier is not available in your country. Please enable billing on your project in Google AI Studio.',
    ),
  ],
  spending_cap: () => [
    429,
    errorBody(
      429,
      'RESOURCE_EXHAUSTED',
      'Your project has exceeded its monthly spending cap. Please go to AI Studio to manage it.',
    ),
  ],
  expired_key: () => [
    400,
    errorBody(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', [
      { '@type': `${RPC}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
    ]),
  ],
  api_disabled: () => [
    403,
    errorBody(403, 'PERMISSION_DENIED', 'Generative Language API has not been used in project 123 before or it is disabled.', [
      { '@type': `${RPC}.ErrorInfo`, reason: 'SERVICE_DISABLED', domain: 'googleapis.com' },
    ]),
  ],
  shut_down: (model) => [
    404,
    errorBody(404, 'NOT_FOUND', `This model models/${model} is no longer available. Please update your code.`),
  ],
  bad_file: () => [
    400,
    errorBody(
      400,
      'INVALID_ARGUMENT',
      'Unable to process input image. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
    ),
  ],
  internal: () => [500, errorBody(500, 'INTERNAL', 'An internal error has occurred. Please retry.')],
  overloaded: () => [503, errorBody(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')],
  bad_request: () => [400, errorBody(400, 'INVALID_ARGUMENT', 'Request contains an invalid argument.')],
  no_candidates: () => [200, { usageMetadata: { promptTokenCount: 10, totalTokenCount: 10 } }],
  prompt_blocked: () => [200, { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 10 } }],
  safety: () => [200, { candidates: [{ finishReason: 'SAFETY', index: 0, safetyRatings: [] }] }],
  max_tokens: () => [200, { candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS', index: 0 }] }],
  malformed_json: () => [200, '{"candidates": [{"content": {"parts": [{"text": "Sal'],
  wrong_shape: () => [200, { candidates: 'none', usageMetadata: [] }],
  html_error: () => [502, '<html><title>502 Bad Gateway</title></html>'],
  huge: () => [200, { candidates: [{ content: { parts: [{ text: 'a'.repeat(HUGE_CHARS) }] }, finishReason: 'STOP' }] }],
};

export const badKey = () =>
  errorBody(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
    { '@type': `${RPC}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' },
  ]);

export const modelGone = (model: string) =>
  errorBody(404, 'NOT_FOUND', `models/${model} is not found for API version v1beta, or is not supported for generateContent.`);

const perMinute = (model: string, retryDelay = '1s'): Answer => [
  429,
  quota(model, 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '5', retryDelay),
];

const quota = (model: string, quotaId: string, quotaValue: string, retryDelay: string) =>
  errorBody(
    429,
    'RESOURCE_EXHAUSTED',
    `You exceeded your current quota. * Quota exceeded for metric: ${METRIC}, limit: ${quotaValue}, model: ${model}`,
    [
      { '@type': `${RPC}.QuotaFailure`, violations: [{ quotaMetric: METRIC, quotaId, quotaDimensions: { model }, quotaValue }] },
      { '@type': `${RPC}.RetryInfo`, retryDelay },
    ],
  );

function drip(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{');
  const timer = setInterval(() => response.write(' '), DRIP_EVERY_MS);
  response.on('close', () => clearInterval(timer));
}
