import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestApp, testApp } from '../support/app.ts';
import { FILE_MOUNTS, nameOf, ROUTES } from './route-list.ts';
import { walkRouter } from './walk-router.ts';

let site: TestApp;
beforeAll(async () => {
  site = await testApp();
});
afterAll(() => site.close());

test('every route of the app is in the list of routes, and every line of the list is a route', () => {
  const found = walkRouter(site.app).routes.map(nameOf);
  expect([...new Set(found)].sort()).toEqual(ROUTES.map(nameOf).sort());
});

test('no other address exists but the static folders and the member guard', () => {
  const guarded = ['/dashboard', '/bots', '/conversations', '/subscription', '/account', '/admin'];
  const odd = walkRouter(site.app).mounts.filter(
    (path) => !guarded.includes(path) && !FILE_MOUNTS.some((mount) => mount.test(path)),
  );
  expect(odd).toEqual([]);
});

test('every route for signed-in users is below the guard', () => {
  const { mounts } = walkRouter(site.app);
  const open = ROUTES.filter(({ who }) => ['member', 'owner', 'admin'].includes(who)).filter(
    ({ path }) => !mounts.some((guard) => path === guard || path.startsWith(`${guard}/`)),
  );
  expect(open.map(nameOf)).toEqual([]);
});
