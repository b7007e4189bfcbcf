// The CSRF tokens that agents have seen, so that a form can be sent without opening its page first.
import type request from 'supertest';

export type Agent = ReturnType<typeof request.agent>;

/** The token in a page's first form. */
export const csrfOf = (html: string): string => /name="_csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';

const seen = new WeakMap<Agent, { token: string; cookies: string }>();
/** By site: a token of somebody who is not signed in, with its cookie. */
const ofVisitors = new WeakMap<object, { token: string; cookie: string }>();

const siteOf = (agent: Agent): object => (agent as unknown as { app: object }).app;

const cookiesOf = ({ jar }: Agent): { name: string; value: string }[] =>
  jar
    .getCookies({ domain: '127.0.0.1', path: '/', secure: true, script: false })
    .filter(({ name }) => /\.(csrf|sid)$/.test(name));

const asText = (cookies: { value: string }[]): string => cookies.map(({ value }) => value).join();

/** A token stays the same until the person signs in or out. A new browser takes over the one of another visitor. */
export function knownToken(agent: Agent): string | undefined {
  const own = seen.get(agent);
  if (own?.cookies === asText(cookiesOf(agent))) return own.token;
  const visitors = ofVisitors.get(siteOf(agent));
  if (!visitors || cookiesOf(agent).length > 0) return undefined;
  agent.jar.setCookie(visitors.cookie, '127.0.0.1', '/');
  return visitors.token;
}

export async function readToken(agent: Agent, page: string): Promise<string> {
  const token = csrfOf((await agent.get(page)).text);
  const cookies = cookiesOf(agent);
  seen.set(agent, { token, cookies: asText(cookies) });
  const [cookie, session] = cookies;
  if (cookie && !session) ofVisitors.set(siteOf(agent), { token, cookie: `${cookie.name}=${cookie.value}; path=/` });
  return token;
}
