// docs/faults-and-threats.md names a test for every fault and threat: each of them has to be there, with those words in it.
import { expect, test } from 'vitest';
import { filesOf, textOf } from '../support/source-tree.ts';

const ROW = /^\| ([RS]\d\d) \|/;
const rows = textOf('docs/faults-and-threats.md')
  .split('\n')
  .filter((line) => ROW.test(line))
  .map((line) => {
    const [, id = '', , proof = ''] = line.split('|').map((cell) => cell.trim());
    return { id, proof };
  });
const numbered = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`);
const tests = new Set(filesOf('tests/**/*.test.ts'));

/** A file and the words that are said to be in it. */
function* named(proof: string): Generator<{ file: string; words: string[] }> {
  for (const part of proof.split('; ')) {
    const file = /^`([^`]+)`/.exec(part)?.[1] ?? '';
    yield { file: `tests/${file}.test.ts`, words: [...part.matchAll(/“([^”]+)”/g)].map(([, words]) => words as string) };
  }
}

test('every fault and threat has its row, in its order', () => {
  const ids = rows.map(({ id }) => id);
  const known = [...numbered('R', 50), ...numbered('S', 79)];
  expect(known.filter((id) => ids.includes(id))).toEqual(ids);
  expect(ids.slice(0, 115)).toEqual(known.slice(0, 115));
});

test('the tests of every row are there, by those words', () => {
  const missing = rows.flatMap(({ id, proof }) =>
    [...named(proof)].flatMap(({ file, words }) => {
      if (!tests.has(file) || words.length === 0) return [`${id}: ${file}`];
      const text = textOf(file);
      return words.filter((some) => !text.includes(some)).map((some) => `${id}: ${file}: ${some}`);
    }),
  );
  expect(missing).toEqual([]);
});

// R40: what people see of each dependency that fails.
test('the matrix names every dependency', () => {
  const [, matrix = ''] = textOf('docs/operations.md').split('## What people see when something fails');
  const failing = [...matrix.matchAll(/^\| ([^|]+) \|/gm)].map(([, name]) => name as string).join('\n');
  for (const dependency of ['Postgres', 'embedded database', 'Gemini', 'Telegram', 'Meta', 'Mail server', 'This process'])
    expect(failing).toContain(dependency);
});
