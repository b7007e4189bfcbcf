-- Deletes businesses with everything that belongs to them.
-- A statement, since a business may have millions of messages: only node-postgres can give one statement more time.
DELETE FROM tenants
WHERE id = ANY(:tenantIds::uuid[]);
