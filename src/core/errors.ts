/** What a refusal's sentence is filled with. */
export type Params = Record<string, string | number>;

/** A refusal to a person: a status, a translation key and what fills it. Thrown by services, shown by web/error-handler. */
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

/** An object that does not exist, or is another tenant's: the two look the same. */
export class NotFoundError extends AppError {
  constructor() {
    super(404, 'errors.not_found');
  }
}

/** Not allowed to this person. */
export class ForbiddenError extends AppError {
  constructor(key = 'errors.forbidden') {
    super(403, key);
  }
}

/** Fields that were refused: field name → translation key. The form comes back with them (web/form). */
export class ValidationError extends AppError {
  readonly fields: Record<string, string>;

  constructor(fields: Record<string, string>, params: Params = {}) {
    super(422, 'errors.validation', params);
    this.fields = fields;
  }
}

/** The plan does not cover it. */
export class LimitReachedError extends AppError {
  constructor(key: string, params: Params = {}) {
    super(422, key, params);
  }
}

/** Too often: 429 with Retry-After. With `fields`, as of a ValidationError, the form comes back with what was typed. */
export class TooManyRequestsError extends AppError {
  readonly retryAfterSeconds: number;
  readonly fields: Record<string, string> | null;

  constructor(retryAfterSeconds: number, fields: Record<string, string> | null = null) {
    super(429, 'errors.too_many_requests', { seconds: retryAfterSeconds, count: Math.ceil(retryAfterSeconds / 60) });
    this.retryAfterSeconds = retryAfterSeconds;
    this.fields = fields;
  }
}
