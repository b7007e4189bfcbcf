// Loaded into the product by --import: collects its garbage at SIGUSR2, so that what is left is what it holds on to.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
process.on('SIGUSR2', () => {
  collect();
  process.stderr.write('garbage collected\n');
});
