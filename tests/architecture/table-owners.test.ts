import { expect, test } from 'vitest';
import { filesOf, textOf } from '../support/source-tree.ts';

// Each table has one owner, the only folder that writes it.
const BY_SQL = /\b(INSERT INTO|UPDATE|DELETE FROM)\s+(messages|conversations|customers)\b/i;
const BY_PRISMA =
  /\b(prisma|tx)\.(message|conversation|customer)\.(create|createMany|createManyAndReturn|update|updateMany|upsert|delete|deleteMany)\b/;

// The result of a send, the message in the conversation and the customer's reachability are one atomic statement: a process that
// dies between two statements would leave a message that was sent and that nobody who answers the customer can see.
const EXCEPTIONS = [/^src\/features\/broadcasts\/(sending\.sql\.ts|statements\/settle-[a-z-]+\.sql)$/];

test('only the pipeline writes messages, conversations and customers', () => {
  const others = filesOf('src/**/*.{ts,sql}').filter((path) => !path.startsWith('src/pipeline/'));
  const writers = others.filter((path) => BY_SQL.test(textOf(path)) || BY_PRISMA.test(textOf(path)));
  expect(writers.filter((path) => !EXCEPTIONS.some((allowed) => allowed.test(path)))).toEqual([]);
});
