import { expect, test } from 'vitest';
import { filesOf, textOf } from '../support/source-tree.ts';

// The folders that write each table. The first is the owner; the others are listed with their reason.
const WRITERS: Record<string, string[]> = {
  // What hangs on two conversations of one person goes together in one statement.
  assignments: ['features/inbox', 'pipeline'],
  // Billing notes that the admins were told.
  ai_days: ['ai', 'features/billing'],
  // Operators note that the admins were told.
  ai_problems: ['ai', 'features/operators'],
  // Each consumer has a mark of its own.
  attention: ['pipeline', 'features/desk', 'features/questions'],
  // A gap in polling is recorded in the statement that notices it.
  audit_lines: ['features/activity', 'features/connections'],
  bot_days: ['features/analytics'],
  // The version of the knowledge changes with its entries.
  bots: ['features/bots', 'features/knowledge'],
  broadcast_photos: ['features/broadcasts'],
  broadcast_recipients: ['features/broadcasts'],
  broadcasts: ['features/broadcasts'],
  business_facts: ['features/facts'],
  // Billing stops what a plan does not cover; the message path notes what a platform answered.
  connections: ['features/connections', 'features/billing', 'pipeline'],
  conversation_labels: ['features/inbox', 'pipeline'],
  conversation_reads: ['features/conversations'],
  conversation_work: ['pipeline'],
  conversations: ['pipeline'],
  counted_zones: ['features/analytics'],
  customer_fields: ['features/customers'],
  customer_values: ['features/customers', 'pipeline'],
  // The result of a send, the message in the conversation and the customer's reachability are one statement: a process that dies
  // between two would leave a message that was sent and that nobody who answers the customer can see.
  customers: ['pipeline', 'features/broadcasts'],
  form_keys: ['web'],
  installation_grants: ['features/connections'],
  desk_bots: ['features/desk'],
  desk_codes: ['features/desk'],
  desk_links: ['features/desk'],
  // The words of a message that its customer withdrew go in one statement.
  desk_messages: ['features/desk', 'pipeline'],
  desk_updates: ['features/desk'],
  email_changes: ['features/account'],
  invitations: ['features/team'],
  kept_questions: ['pipeline'],
  entry_questions: ['features/knowledge'],
  entry_vectors: ['features/knowledge'],
  import_drafts: ['features/imports'],
  import_sources: ['features/imports'],
  key_check: ['platform'],
  knowledge_entries: ['features/knowledge'],
  knowledge_imports: ['features/imports'],
  labels: ['features/inbox'],
  leases: ['features/connections'],
  // A withdrawn message loses its file in one statement.
  media_files: ['features/conversations', 'pipeline'],
  memberships: ['features/team'],
  message_days: ['features/operators'],
  messages: ['pipeline', 'features/broadcasts'],
  notes: ['features/inbox', 'pipeline'],
  open_question_askers: ['features/questions', 'pipeline'],
  open_questions: ['features/questions'],
  question_merges: ['features/questions'],
  golden_questions: ['features/quality'],
  // A new address or password ends the links.
  person_links: ['features/customers', 'pipeline'],
  passkeys: ['features/auth'],
  password_resets: ['features/auth', 'features/account'],
  quality_days: ['features/quality'],
  quality_results: ['features/quality'],
  quality_runs: ['features/quality'],
  quality_trials: ['features/quality'],
  rate_limits: ['web'],
  revisions: ['features/revisions'],
  saved_replies: ['features/inbox'],
  send_rates: ['features/broadcasts'],
  sent_files: ['pipeline'],
  sessions: ['web'],
  subscriptions: ['features/billing'],
  support_grants: ['features/operators'],
  // A withdrawn message loses it in one statement.
  suggestions: ['features/inbox', 'pipeline'],
  // Deleting an account deletes its businesses; admins suspend them; owners set a ceiling of cost and the name.
  tenants: ['features/account', 'features/operators', 'features/billing', 'features/team'],
  trial_items: ['features/quality'],
  two_factors: ['features/auth'],
  upgrade_requests: ['features/billing'],
  used_answers: ['features/account'],
  // Each counts or marks a column of its own.
  usage_months: ['pipeline', 'features/billing', 'features/broadcasts', 'features/notices'],
  // Each changes columns of its own: names and password, suspension and rights, language.
  users: ['features/auth', 'features/account', 'features/operators', 'features/pages'],
  webhook_refusals: ['pipeline'],
};
// In these files alone, of messages and customers.
const SENDING = /^src\/features\/broadcasts\/statements\/settle-[a-z-]+\.sql$/;

const SQL_WRITE = /\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)\b/g;
const PRISMA_WRITE = /\b(?:prisma|tx)\.(\w+)\.(?:create|update|upsert|delete)\w*\(|\bsession\.(?:create|update|delete)\w*\(/g;

const MODELS = new Map(
  [...textOf('prisma/schema.prisma').matchAll(/model (\w)(\w+) \{[\s\S]*?@@map\("(\w+)"\)/g)].map(
    ([, first = '', rest, table]) => [`${first.toLowerCase()}${rest}`, table as string],
  ),
);

/** [table, file] of every write in the source. */
function writes(): [string, string][] {
  return filesOf('src/**/*.{ts,sql}')
    .filter((path) => !path.includes('/generated/'))
    .flatMap((path) => {
      const text = textOf(path).replaceAll(/(?:--|\/\/).*/g, '');
      const bySql = [...text.matchAll(SQL_WRITE)].map(([, table = '']) => table);
      const byPrisma = [...text.matchAll(PRISMA_WRITE)].map(([, model = 'session']) => MODELS.get(model) ?? '');
      const tables = new Set([...bySql, ...byPrisma].filter((table) => [...MODELS.values()].includes(table)));
      return [...tables].map((table): [string, string] => [table, path]);
    });
}

const folderOf = (path: string): string => /^src\/(features\/\w+|\w+)\//.exec(path)?.[1] ?? path;

test('every table is written by its owner and the listed folders alone', () => {
  const found = new Map<string, Set<string>>();
  for (const [table, path] of writes()) found.set(table, new Set([...(found.get(table) ?? []), folderOf(path)]));
  const listed = Object.entries(WRITERS).map(([table, folders]) => [table, folders.toSorted()]);
  expect([...found].map(([table, folders]) => [table, [...folders].toSorted()]).toSorted()).toEqual(listed.toSorted());
});

test('outside the pipeline one statement of broadcasts writes messages and customers', () => {
  const others = writes().filter(
    ([table, path]) => ['messages', 'customers'].includes(table) && !path.startsWith('src/pipeline/') && !SENDING.test(path),
  );
  expect(others).toEqual([]);
});
