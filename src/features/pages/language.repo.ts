import type { Language } from '#core/languages.ts';
import type { Sql } from '#platform/db/database.ts';

/** A person's language is not a tenant's: whoever they work for, the pages speak it. */
export const createLanguageRepo = ({ sql }: { sql: Sql }) => ({
  async saveAcrossTenants(userId: string, language: Language): Promise<void> {
    await sql.query('UPDATE users SET language = $2 WHERE id = $1', [userId, language]);
  },
});
