// The inputs of property tests are the same in every run, so that the gate judges the change and not the draw. `SOAK=1 npm test`
// and `npm run test:soak` draw new ones.
import fc from 'fast-check';

if (!process.env['SOAK']) fc.configureGlobal({ seed: 20_261_129 });
