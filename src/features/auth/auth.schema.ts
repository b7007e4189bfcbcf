import { z } from 'zod';
import { emailField, MAX_PASSWORD_CHARS, newPasswordField, usernameField } from '#core/account-rules.ts';

const MAX_LOGIN_CHARS = 254;

export const registerForm = z.strictObject({ username: usernameField, email: emailField, password: newPasswordField });
export type RegisterForm = z.output<typeof registerForm>;

/** What cannot be right is answered like what is wrong. */
export const loginForm = z.strictObject({
  login: z.string().trim().min(1, 'errors.form.required').max(MAX_LOGIN_CHARS, 'auth.login.wrong'),
  password: z.string().min(1, 'errors.form.required').max(MAX_PASSWORD_CHARS, 'auth.login.wrong'),
  returnTo: z.string().optional(),
});

export const forgotForm = z.strictObject({ email: emailField });
export const resetForm = z.strictObject({ password: newPasswordField });
