import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, test } from 'vitest';
import { readEnv } from '../../src/env.ts';
import { textOf } from '../support/source-tree.ts';

const settings = [...textOf('src/env.ts').matchAll(/^ {2}([A-Z][A-Z_]+): (?:text|url|z\.)/gm)].map(([, name]) => name as string);
const example = parseEnv(textOf('.env.example')) as Record<string, string>;

test('.env.example lists every setting and no other', () => {
  expect(settings.length).toBeGreaterThan(25);
  expect(Object.keys(example).sort()).toEqual(settings.toSorted());
});

test('.env.example is a valid environment with the defaults only', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'bf-env-'));
  const fromExample = readEnv({ ...example, DATA_DIR: dataDir });
  const fromNothing = readEnv({ DATA_DIR: dataDir });
  rmSync(dataDir, { recursive: true });

  expect(fromExample).toEqual(fromNothing);
});
