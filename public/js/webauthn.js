// Passkeys of the browser: options of the server in, an answer for the server out. Both are JSON with base64url for bytes.
const bytesOf = (text) => Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (letter) => letter.charCodeAt(0));
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
const described = (keys = []) => keys.map((key) => ({ ...key, id: bytesOf(key.id) }));

export const hasPasskeys = () => Boolean(window.PublicKeyCredential && navigator.credentials);

export async function createPasskey({ challenge, user, excludeCredentials, ...options }) {
  const publicKey = {
    ...options,
    challenge: bytesOf(challenge),
    user: { ...user, id: bytesOf(user.id) },
    excludeCredentials: described(excludeCredentials),
  };
  const { id, rawId, type, response, authenticatorAttachment } = await navigator.credentials.create({ publicKey });
  return {
    ...{ id, rawId: textOf(rawId), type, authenticatorAttachment, clientExtensionResults: {} },
    response: {
      clientDataJSON: textOf(response.clientDataJSON),
      attestationObject: textOf(response.attestationObject),
      transports: response.getTransports?.() ?? [],
    },
  };
}

export async function askPasskey({ challenge, allowCredentials, ...options }) {
  const publicKey = { ...options, challenge: bytesOf(challenge), allowCredentials: described(allowCredentials) };
  const { id, rawId, type, response, authenticatorAttachment } = await navigator.credentials.get({ publicKey });
  const { clientDataJSON, authenticatorData, signature, userHandle } = response;
  return {
    ...{ id, rawId: textOf(rawId), type, authenticatorAttachment, clientExtensionResults: {} },
    response: {
      clientDataJSON: textOf(clientDataJSON),
      authenticatorData: textOf(authenticatorData),
      signature: textOf(signature),
      ...(userHandle && { userHandle: textOf(userHandle) }),
    },
  };
}

/** The answer's JSON; an error with the server's words when it is refused. */
export async function post(path, fields) {
  const request = { method: 'POST', body: new URLSearchParams(fields), headers: { accept: 'application/json' } };
  const answer = await fetch(path, request);
  const body = await answer.json().catch(() => ({}));
  if (answer.ok) return body;
  throw Object.assign(new Error('refused'), { words: Object.values(body.errors ?? {})[0] ?? body.error });
}
