-- The audit log stays append-only, but it has an end: lines of two years ago, and of a business that no longer exists after 30
-- days. Nobody, this app included, removes any other line.
CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.created_at < now() - interval '2 years' THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'DELETE' AND OLD.created_at < now() - interval '30 days' AND OLD.tenant_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM tenants WHERE id = OLD.tenant_id) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'audit_lines is append-only';
END $$;
