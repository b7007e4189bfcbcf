import { z } from 'zod';
import { emailField, languageField, newPasswordField, passwordField, usernameField } from '#core/account-rules.ts';

export const profileForm = z.strictObject({
  username: usernameField,
  email: emailField,
  language: languageField,
});
export type ProfileForm = z.output<typeof profileForm>;

export const passwordForm = z.strictObject({ currentPassword: passwordField, password: newPasswordField });
export type PasswordForm = z.output<typeof passwordForm>;

export const deleteForm = z.strictObject({ password: passwordField });
