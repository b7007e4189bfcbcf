import { z } from 'zod';
import { businessField, emailField, newPasswordField, usernameField } from '#core/account-rules.ts';
import { ROLES } from '#core/rights.ts';

const roleField = z.enum(ROLES, 'errors.form.invalid');
/** An empty field counts as none. */
const orNone = <T extends z.ZodType>(field: T) => z.union([z.literal('').transform(() => undefined), field]).optional();

export const inviteForm = z.strictObject({ email: orNone(emailField), role: roleField });
export type InviteForm = z.output<typeof inviteForm>;

export const nameForm = z.strictObject({ name: businessField });

export const roleForm = z.strictObject({ role: roleField });

/** The e-mail is asked for when the invitation has none. */
export const joinForm = z.strictObject({
  username: orNone(usernameField),
  email: orNone(emailField),
  password: newPasswordField,
});
export type JoinForm = z.output<typeof joinForm>;
