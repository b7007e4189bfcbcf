-- One row when the database answers and the job queue's tables are there. They are pg-boss's own, unknown to Prisma.
SELECT version
FROM pgboss.version;
