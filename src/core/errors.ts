export type Params = Record<string, string | number>;

/** A refusal to a person: a status, a translation key and its parameters. Services throw it; web/error-handler renders it. */
export class AppError extends Error {
  readonly status: number;
  readonly key: string;
  readonly params: Params;

  constructor(status: number, key: string, params: Params = {}) {
    super(key);
    this.status = status;
    this.key = key;
    this.params = params;
  }
}

/** The object does not exist or belongs to another tenant. Both look the same from outside. */
export class NotFoundError extends AppError {
  constructor() {
    super(404, 'errors.not_found');
  }
}

export class ForbiddenError extends AppError {
  constructor(key = 'errors.forbidden') {
    super(403, key);
  }
}

/** Refused fields: field name → translation key. web/form renders the form again with them. */
export class ValidationError extends AppError {
  readonly fields: Record<string, string>;

  constructor(fields: Record<string, string>, params: Params = {}) {
    super(422, 'errors.validation', params);
    this.fields = fields;
  }
}

/** The key of what is wrong, for one line of text: of the first field, where a form is refused. */
export const reasonKey = (error: AppError): string =>
  error instanceof ValidationError ? (Object.values(error.fields)[0] ?? error.key) : error.key;

export class LimitReachedError extends AppError {
  constructor(key: string, params: Params = {}) {
    super(422, key, params);
  }
}

/** 429 with Retry-After. With `fields` the form is rendered again, as for ValidationError. */
export class TooManyRequestsError extends AppError {
  readonly retryAfterSeconds: number;
  readonly fields: Record<string, string> | null;

  constructor(retryAfterSeconds: number, fields: Record<string, string> | null = null) {
    super(429, 'errors.too_many_requests', { seconds: retryAfterSeconds, count: Math.ceil(retryAfterSeconds / 60) });
    this.retryAfterSeconds = retryAfterSeconds;
    this.fields = fields;
  }
}
