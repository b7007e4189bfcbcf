import { z } from 'zod';
import { isCommonPassword } from './common-passwords.ts';
import { folded, isGuessable } from './guessable-words.ts';
import { LANGUAGES } from './languages.ts';
import { storableText } from './storable-text.ts';

const MAX_EMAIL_CHARS = 254;
export const MIN_PASSWORD_CHARS = 8;
export const MAX_PASSWORD_CHARS = 256;
const MIN_USERNAME_CHARS = 3;
/** Minimum length of a password after the user's own names are removed from it. */
const MIN_OWN_CHARS = 4;
const MIN_CONTEXT_CHARS = 3;

export const keyOf = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

/** A username never contains @, so it cannot be confused with an email address at sign-in. */
export const usernameField = z
  .string()
  .transform((name) => name.normalize('NFKC').trim())
  .pipe(z.string().regex(/^[\p{L}\p{N}._-]{3,32}$/u, 'auth.form.username_invalid'));

const MAX_BUSINESS_CHARS = 80;
export const businessField = z
  .string()
  .transform((name) => storableText(name).replace(/\s+/g, ' ').trim())
  .pipe(z.string().min(1, 'errors.form.required').max(MAX_BUSINESS_CHARS, 'errors.form.too_long'));

const MAX_MADE_CHARS = 24;
/** A username out of a business' name, or of what stands before the @ of an e-mail. A number may follow it. */
export function usernameFrom(text: string): string {
  const words = keyOf(text.split('@', 1)[0] as string)
    .replace(/[ʻʼ'’‘`]/g, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  const name = [...words].slice(0, MAX_MADE_CHARS).join('');
  return [...name].length < MIN_USERNAME_CHARS ? `user-${name}` : name;
}

export const emailField = z
  .string()
  .trim()
  .max(MAX_EMAIL_CHARS, 'auth.form.email_invalid')
  .pipe(z.email('auth.form.email_invalid'));

export const newPasswordField = z
  .string()
  .min(MIN_PASSWORD_CHARS, 'auth.form.password_short')
  .max(MAX_PASSWORD_CHARS, 'auth.form.password_long');

export const passwordField = z.string().min(1, 'errors.form.required').max(MAX_PASSWORD_CHARS, 'auth.form.password_long');

export const languageField = z.enum(LANGUAGES, 'errors.form.invalid');

/** Returns a translation key or null. There are no rules about kinds of characters: NIST SP 800-63B-4, 3.1.1.2. */
export function weakPassword(password: string, person: { username: string; email: string }): string | null {
  if (isCommonPassword(password)) return 'auth.form.password_common';
  const words = [person.username, person.email, person.email.split('@', 1)[0] as string, 'botfactory']
    .map(folded)
    .filter((word) => word.length >= MIN_CONTEXT_CHARS)
    .toSorted((a, b) => b.length - a.length);
  const rest = words.reduce((left, word) => left.replaceAll(word, ''), folded(password));
  if (rest.length < MIN_OWN_CHARS || isGuessable(password, words)) return 'auth.form.password_own_name';
  return isGuessable(password) ? 'auth.form.password_common' : null;
}
