import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { LimitReachedError, type Params, TooManyRequestsError, ValidationError } from '#core/errors.ts';
import { storableText } from '#core/storable-text.ts';
import { wantsJson } from './wants-json.ts';

type Locals = (req: Request, res: Response) => object | Promise<object>;
type Errors = Record<string, string>;
// biome-ignore lint/suspicious/noExplicitAny: the route's own parameters and locals must win over this middleware's
type FormHandler<Form> = RequestHandler<any, any, any, any, { form: Form } & Record<string, any>>;

export const emptyForm = z.strictObject({});

/** A stored text field: no NUL or lone surrogates, CRLF becomes LF, trimmed. Limits apply afterwards. */
export const cleanText = z.string().overwrite((text) => storableText(text).replaceAll('\r\n', '\n').trim());

const MAX_SEARCH_CHARS = 100;

/** The search field of a list. An invalid value searches for nothing. */
export const searchField = cleanText.max(MAX_SEARCH_CHARS).catch('');

/** A checkbox or link of a list: `1` or nothing. */
export const flagField = z
  .literal('1')
  .transform(() => true)
  .catch(false);

/** Never sent back to a page. */
const SECRET_FIELD = /password|secret|token/i;

/**
 * Validates into `res.locals.form`. A refused form, now or by a later error of the service, is rendered again with `form`
 * (without
 * secrets), `errors` (field → translation key) and `refusal` (LimitReachedError). Unknown fields are reported at `form`.
 */
export function parseForm<S extends z.ZodType>(schema: S, view: string, locals: Locals = () => ({})): FormHandler<z.output<S>> {
  return async (req, res, next) => {
    const raw = fieldsOf(req, schema);
    setRerender(res, async (errors, refusal, { status = 422, params = {} } = {}) => {
      if (wantsJson(req) && refusal) return void res.status(422).json({ error: res.locals.t(refusal.key, refusal.params) });
      if (wantsJson(req)) return void res.status(status).json({ errors: translated(res, errors, params) });
      const form = Object.fromEntries(
        Object.entries(raw).filter(([name, value]) => !SECRET_FIELD.test(name) && typeof value === 'string'),
      );
      res
        .status(status)
        .render(view, { ...(await locals(req, res)), form, errors, errorParams: params, ...(refusal && { refusal }) });
    });
    const parsed = schema.safeParse(raw, { error: generalMessage });
    if (!parsed.success) throw new ValidationError(errorsOf(parsed.error));
    (res.locals as { form: unknown }).form = parsed.data;
    next();
  };
}

/** Without the CSRF token, and without the password that confirms an act (auth/confirm-password) unless the form has one itself. */
function fieldsOf({ body }: Request, schema: z.ZodType): Record<string, unknown> {
  const { _csrf, ...all } = (body ?? {}) as Record<string, unknown>;
  if (schema instanceof z.ZodObject && 'currentPassword' in schema.shape) return all;
  const { currentPassword: _password, ...raw } = all;
  return raw;
}

type Rerender = (errors: Errors, refusal: LimitReachedError | null, more?: { status?: number; params?: Params }) => Promise<void>;
const rerenders = new WeakMap<object, Rerender>();
const setRerender = (res: object, rerender: Rerender): void => void rerenders.set(res, rerender);

/** For web/error-handler. False when the request has no form or the error is no refusal. */
export async function rerenderForm(res: Response, error: unknown): Promise<boolean> {
  const rerender = rerenders.get(res);
  if (!rerender) return false;
  if (error instanceof ValidationError) await rerender(error.fields, null, { params: error.params });
  else if (error instanceof LimitReachedError) await rerender({}, error);
  else if (error instanceof TooManyRequestsError && error.fields) {
    res.set('Retry-After', String(error.retryAfterSeconds));
    await rerender(error.fields, null, { status: error.status });
  } else return false;
  return true;
}

function errorsOf(error: z.ZodError): Errors {
  const errors: Errors = {};
  for (const issue of error.issues) errors[String(issue.path[0] ?? 'form')] ??= issue.message;
  return errors;
}

const GENERAL: Record<string, string> = {
  too_big: 'errors.form.too_long',
  too_small: 'errors.form.required',
  unrecognized_keys: 'errors.form.unknown_field',
};

function generalMessage(issue: { code?: string; input?: unknown }): string {
  if (issue.code === 'invalid_type' && (issue.input === undefined || issue.input === '')) return 'errors.form.required';
  return GENERAL[issue.code ?? ''] ?? 'errors.form.invalid';
}

const translated = (res: Response, errors: Errors, params: Params): Errors =>
  Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, res.locals.t(key, params) as string]));
