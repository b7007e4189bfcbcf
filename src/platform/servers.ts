import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';

interface Address {
  host: string;
  port: number;
}

const PATIENCE_MS = 10_000;

/** When the certificate of an https server ends. @throws when nobody answers or a client would not trust it */
export function certificateEnd({ host, port }: Address): Promise<Date> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host, port, servername: host, timeout: PATIENCE_MS }, () => {
      resolve(new Date(socket.getPeerCertificate().valid_to));
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
  });
}

/** Resolves when somebody listens there. @throws when nobody does */
export function answersAt({ host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host, port, timeout: PATIENCE_MS }, () => {
      resolve();
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('timeout', () => socket.destroy(new Error('no answer')));
  });
}
