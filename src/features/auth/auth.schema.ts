import { z } from 'zod';
import { businessField, emailField, MAX_PASSWORD_CHARS, newPasswordField, usernameField } from '#core/account-rules.ts';

const MAX_LOGIN_CHARS = 254;

/** An empty field counts as none. */
const orNone = <T extends z.ZodType>(field: T) => z.union([z.literal('').transform(() => undefined), field]).optional();

/** A username that is left out is made from the business' name; a business without a name is called like its owner. */
export const registerForm = z.strictObject({
  business: orNone(businessField),
  username: orNone(usernameField),
  email: emailField,
  password: newPasswordField,
});
export type RegisterForm = z.output<typeof registerForm>;

/** A login that cannot exist gets the same message as a wrong one. */
export const loginForm = z.strictObject({
  login: z.string().trim().min(1, 'errors.form.required').max(MAX_LOGIN_CHARS, 'auth.login.wrong'),
  password: z.string().min(1, 'errors.form.required').max(MAX_PASSWORD_CHARS, 'auth.login.wrong'),
  returnTo: z.string().optional(),
});

const MAX_CODE_CHARS = 40;
/** Of an authenticator app, or a recovery code. */
export const codeField = z.string().trim().min(1, 'errors.form.required').max(MAX_CODE_CHARS, 'twoFactor.wrong');
export const codeForm = z.strictObject({ code: codeField, returnTo: z.string().optional() });

export const forgotForm = z.strictObject({ email: emailField });
export const resetForm = z.strictObject({ password: newPasswordField });
