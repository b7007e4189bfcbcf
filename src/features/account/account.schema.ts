import { z } from 'zod';
import {
  emailField,
  languageField,
  MAX_PASSWORD_CHARS,
  newPasswordField,
  passwordField,
  usernameField,
} from '#core/account-rules.ts';

export const profileForm = z.strictObject({
  username: usernameField,
  email: emailField,
  language: languageField,
  /** Asked for only where the e-mail changes long after the sign-in. */
  currentPassword: z.string().max(MAX_PASSWORD_CHARS, 'auth.form.password_long').default(''),
});
export type ProfileForm = z.output<typeof profileForm>;

export const passwordForm = z.strictObject({ currentPassword: passwordField, password: newPasswordField });
export type PasswordForm = z.output<typeof passwordForm>;

export const deleteForm = z.strictObject({ password: passwordField });
