import { createHmac } from 'node:crypto';

/** A delivery's bytes as Meta writes them: everything beyond ASCII escaped, and slashes too. */
export const bytesOf = (payload: unknown): Buffer =>
  Buffer.from(
    JSON.stringify(payload)
      .replaceAll('/', '\\/')
      .replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );

export const signatureOf = (body: Buffer, appSecret: string): string =>
  `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;

/** Posts signed bytes to a webhook; gives the answer's status. */
export async function postSigned(webhookUrl: string, body: Buffer, appSecret: string): Promise<number> {
  const response = await fetch(webhookUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      'x-hub-signature-256': signatureOf(body, appSecret),
    },
    body: new Uint8Array(body),
  });
  await response.arrayBuffer();
  return response.status;
}
