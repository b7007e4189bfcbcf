// The full sizes of tests that the gate runs in a short form: tests/support/soak.ts.
process.env['SOAK'] = '1';
const { default: faults } = await import('./vitest.faults.config.ts');

export default faults;
