import type { Env } from '../../env.ts';

type SiteEnv = Pick<Env, 'LEGAL_NAME' | 'CONTACT_EMAIL' | 'CONTACT_TELEGRAM'>;

/** Who runs this installation, for the pages. */
export const siteOf = ({ LEGAL_NAME: legalName, CONTACT_EMAIL: email, CONTACT_TELEGRAM: telegram }: SiteEnv) => ({
  legalName,
  email,
  telegram,
  hasContacts: Boolean(email ?? telegram),
});
