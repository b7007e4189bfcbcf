import { mergeConfig } from 'vitest/config';
import faults from './vitest.faults.config.ts';

// The full sizes of tests that the gate runs in a short form: tests/support/soak.ts.
process.env['SOAK'] = '1';

export default mergeConfig(faults, { test: { testTimeout: 3_600_000 } });
