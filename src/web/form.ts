import type { Request, RequestHandler, Response } from 'express';
import { z } from 'zod';
import { LimitReachedError, TooManyRequestsError, ValidationError } from '#core/errors.ts';
import { storableText } from '#core/storable-text.ts';
import { wantsJson } from './wants-json.ts';

type Locals = (req: Request, res: Response) => object | Promise<object>;
type Errors = Record<string, string>;
// biome-ignore lint/suspicious/noExplicitAny: the route's own parameters and locals must win over this middleware's
type FormHandler<Form> = RequestHandler<any, any, any, any, { form: Form } & Record<string, any>>;

/** A button without fields. Whatever else is sent is ignored. */
export const emptyForm = z.strictObject({});

/** A text field as it is stored: NUL and lone surrogates removed, the CRLF of browsers as LF, trimmed. Limits apply afterwards. */
export const cleanText = z.string().overwrite((text) => storableText(text).replaceAll('\r\n', '\n').trim());

/** Never sent back to a page, whatever was typed. */
const SECRET_FIELD = /password|secret|token/i;

/**
 * Checks the form and puts what it means in `res.locals.form`. A refused form, here or later by a ValidationError of the
 * service, comes back as `view` with status 422, `form` (what was typed, no secrets) and `errors` (field → translation key);
 * after a LimitReachedError of the service with `refusal`, which has its key and params; after a TooManyRequestsError with
 * fields with status 429.
 * Messages of the schema are translation keys; those it does not give are general ones (errors.form.…). A strict schema
 * refuses fields it does not know, at the pseudo field `form`.
 */
export function parseForm<S extends z.ZodType>(schema: S, view: string, locals: Locals = () => ({})): FormHandler<z.output<S>> {
  return async (req, res, next) => {
    const { _csrf, ...raw } = (req.body ?? {}) as Record<string, unknown>;
    setRerender(res, async (errors, refusal, status = 422) => {
      if (wantsJson(req) && refusal) return void res.status(422).json({ error: res.locals.t(refusal.key, refusal.params) });
      if (wantsJson(req)) return void res.status(status).json({ errors: translated(res, errors) });
      const form = Object.fromEntries(
        Object.entries(raw).filter(([name, value]) => !SECRET_FIELD.test(name) && typeof value === 'string'),
      );
      res.status(status).render(view, { ...(await locals(req, res)), form, errors, ...(refusal && { refusal }) });
    });
    const parsed = schema.safeParse(raw, { error: generalMessage });
    if (!parsed.success) throw new ValidationError(errorsOf(parsed.error));
    (res.locals as { form: unknown }).form = parsed.data;
    next();
  };
}

type Rerender = (errors: Errors, refusal: LimitReachedError | null, status?: number) => Promise<void>;
const rerenders = new WeakMap<object, Rerender>();
const setRerender = (res: object, rerender: Rerender): void => void rerenders.set(res, rerender);

/** Shows the form again; false when the request was not one of a form's, or nothing a form says. For web/error-handler. */
export async function rerenderForm(res: Response, error: unknown): Promise<boolean> {
  const rerender = rerenders.get(res);
  if (!rerender) return false;
  if (error instanceof ValidationError) await rerender(error.fields, null);
  else if (error instanceof LimitReachedError) await rerender({}, error);
  else if (error instanceof TooManyRequestsError && error.fields) {
    res.set('Retry-After', String(error.retryAfterSeconds));
    await rerender(error.fields, null, error.status);
  } else return false;
  return true;
}

/** The first message of each field. */
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

const translated = (res: Response, errors: Errors): Errors =>
  Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, res.locals.t(key) as string]));
