// What an operator may not do is not offered to them: no form and no link of any page leads to a route of owners.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawClient } from './raw-client.ts';
import { gets, nameOf, ROUTES, type RouteRow } from './route-list.ts';
import { addressOf, type Things, twoTenants, type World } from './two-tenants.ts';

let world: World;
let operator: RawClient;
let things: Things;
beforeAll(async () => {
  world = await twoTenants();
  things = (await world.owner()).things;
  operator = await world.operatorOf(things);
});
afterAll(() => world.close());

/** The route of an address: the one with the most fixed parts. */
function routeOf(method: RouteRow['method'], address: string): RouteRow | undefined {
  const path = address.split(/[?#]/)[0] as string;
  const fits = ROUTES.filter((row) => row.method === method && new RegExp(`^${row.path.replace(/:\w+/g, '[^/]+')}$`).test(path));
  return fits.toSorted((a, b) => a.path.split(':').length - b.path.split(':').length)[0];
}

function offeredTo(html: string): string[] {
  const posts = [...html.matchAll(/<form\b[^>]*>/g)]
    .filter(([tag]) => /method="post"/.test(tag))
    .map(([tag]) => ['POST', /action="([^"]*)"/.exec(tag)?.[1] ?? ''] as const);
  const buttons = [...html.matchAll(/formaction="([^"]*)"/g)].map(([, to = '']) => ['POST', to] as const);
  const links = [...html.matchAll(/<a\b[^>]*href="(\/[^"]*)"/g)].map(([, to = '']) => ['GET', to] as const);
  const rows = [...posts, ...buttons, ...links].map(([method, to]) => routeOf(method, to));
  return [...new Set(rows.filter((row) => row?.who === 'owner').map((row) => nameOf(row as RouteRow)))];
}

const pages = gets(ROUTES).filter(({ who, path }) => who === 'member' && !/events|photos|media/.test(path));
test.each(
  pages.map((row) => [row.path, row] as const),
)('%s offers an operator nothing that only an owner may do', async (_, row) => {
  const page = await operator.get(addressOf(row.path, things));
  expect([page.status, offeredTo(page.text)]).toEqual([200, []]);
});
