// The part of the Postgres wire protocol (version 3) that a server in front of PGlite needs.
// Source: https://www.postgresql.org/docs/18/protocol-message-formats.html

const SSL_REQUEST = 80877103;
const GSS_REQUEST = 80877104;
const CANCEL_REQUEST = 80877102;

/** Null while bytes are missing. */
export function readStartup(bytes: Buffer): { kind: 'start' | 'refuse-encryption' | 'cancel'; length: number } | null {
  if (bytes.length < 8) return null;
  const length = bytes.readInt32BE(0);
  if (bytes.length < length) return null;
  const code = bytes.readInt32BE(4);
  if (code === SSL_REQUEST || code === GSS_REQUEST) return { kind: 'refuse-encryption', length };
  return { kind: code === CANCEL_REQUEST ? 'cancel' : 'start', length };
}

/** Every complete message in `bytes`: its type letter and its end. */
export function* messagesIn(bytes: Buffer): Generator<{ type: string; start: number; end: number }> {
  let start = 0;
  while (bytes.length - start >= 5) {
    const end = start + 1 + bytes.readInt32BE(start + 1);
    if (end > bytes.length) return;
    yield { type: String.fromCharCode(bytes[start] as number), start, end };
    start = end;
  }
}

/** The name in a Parse message; empty for the unnamed statement. */
export function statementName(bytes: Buffer, start: number): string {
  const from = start + 5;
  return bytes.toString('utf8', from, bytes.indexOf(0, from));
}

export function query(sql: string): Buffer {
  return message('Q', Buffer.from(`${sql}\0`));
}

/** The response to a startup packet, without authentication, because the socket's folder is private. */
export function greeting(serverVersion: string): Buffer {
  const settings = {
    server_version: serverVersion,
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    TimeZone: 'UTC',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  };
  const status = Object.entries(settings).map(([name, value]) => message('S', Buffer.from(`${name}\0${value}\0`)));
  return Buffer.concat([message('R', int32(0)), ...status, message('K', Buffer.alloc(8)), message('Z', Buffer.from('I'))]);
}

const DUMP = 'BOTFACTORY DUMP ';

/** Our own statement that makes the server write a dump to a path. */
export const dumpStatement = (path: string): string => DUMP + path;

/** Null for other statements. */
export function dumpPathIn(exchange: Buffer): string | null {
  if (exchange[0] !== 0x51 || exchange.toString('utf8', 5, 5 + DUMP.length) !== DUMP) return null;
  return exchange.toString('utf8', 5 + DUMP.length, exchange.indexOf(0, 5));
}

const IDLE = (): Buffer => message('Z', Buffer.from('I'));

export const completed = (tag: string): Buffer => Buffer.concat([message('C', Buffer.from(`${tag}\0`)), IDLE()]);

export const refused = (why: string): Buffer => Buffer.concat([message('E', Buffer.from(`SERROR\0C58030\0M${why}\0\0`)), IDLE()]);

function message(type: string, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}
