// Loaded into the product by --import: faults that no handler catches, on command. The product itself has no such door.
const NOBODYS = `123456789:${'A'.repeat(35)}`;

process.on('SIGUSR1', () => void Promise.reject(new Error(`a forgotten promise of ${NOBODYS}`)));
process.on('SIGUSR2', () => {
  throw new Error(`a forgotten exception of ${NOBODYS}`);
});
