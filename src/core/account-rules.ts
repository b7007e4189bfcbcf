import { z } from 'zod';
import { isCommonPassword } from './common-passwords.ts';
import { LANGUAGES } from './languages.ts';

const MAX_EMAIL_CHARS = 254;
export const MIN_PASSWORD_CHARS = 8;
export const MAX_PASSWORD_CHARS = 256;
/** What is left of a password without the person's own names must still be a password. */
const MIN_OWN_CHARS = 4;
const MIN_CONTEXT_CHARS = 3;

/** How names and addresses are compared: two spellings that look the same are the same. */
export const keyOf = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

/** No @, so that a sign-in by either name is never in doubt. */
export const usernameField = z
  .string()
  .transform((name) => name.normalize('NFKC').trim())
  .pipe(z.string().regex(/^[\p{L}\p{N}._-]{3,32}$/u, 'auth.form.username_invalid'));

export const emailField = z
  .string()
  .trim()
  .max(MAX_EMAIL_CHARS, 'auth.form.email_invalid')
  .pipe(z.email('auth.form.email_invalid'));

/** Length only; what else makes a password bad needs its owner's names: weakPassword. */
export const newPasswordField = z
  .string()
  .min(MIN_PASSWORD_CHARS, 'auth.form.password_short')
  .max(MAX_PASSWORD_CHARS, 'auth.form.password_long');

/** A password that is only compared. */
export const passwordField = z.string().min(1, 'errors.form.required').max(MAX_PASSWORD_CHARS, 'auth.form.password_long');

export const languageField = z.enum(LANGUAGES, 'errors.form.invalid');

/**
 * Why a password of the right length is too easy to guess, as a translation key; null when it is not. No rules about kinds of
 * characters: they make passwords worse (NIST SP 800-63B-4, section 3.1.1.2).
 */
export function weakPassword(password: string, person: { username: string; email: string }): string | null {
  if (isCommonPassword(password)) return 'auth.form.password_common';
  const folded = keyOf(password);
  const words = [person.username, person.email, person.email.split('@', 1)[0] as string, 'botfactory'];
  const rest = words
    .map(keyOf)
    .filter((word) => word.length >= MIN_CONTEXT_CHARS)
    .toSorted((a, b) => b.length - a.length)
    .reduce((left, word) => left.replaceAll(word, ''), folded);
  return rest.length < MIN_OWN_CHARS ? 'auth.form.password_own_name' : null;
}
