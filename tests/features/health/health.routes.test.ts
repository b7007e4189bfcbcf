import express from 'express';
import request from 'supertest';
import { expect, test } from 'vitest';
import { healthRoutes } from '../../../src/features/health/health.routes.ts';
import type { Sql } from '../../../src/platform/db/database.ts';
import { testDatabase } from '../../support/test-database.ts';

test('/readyz follows the database, /healthz does not', async () => {
  const opened = await testDatabase();
  const app = express().use(healthRoutes({ sql: opened.database.sql }));

  expect((await request(app).get('/readyz')).status).toBe(200);
  await opened.close();

  const dead = express().use(healthRoutes({ sql: { query: () => Promise.reject(new Error('gone')) } as unknown as Sql }));
  expect((await request(dead).get('/readyz')).status).toBe(503);
  expect((await request(dead).get('/healthz')).status).toBe(200);
});
