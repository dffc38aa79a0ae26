-- The trace that a command or a message belongs to (W3C Trace Context, level 1: `traceparent`), where traces are kept.
ALTER TABLE outbox ADD COLUMN trace_context TEXT;
ALTER TABLE deliveries ADD COLUMN trace_context TEXT;

-- Monitoring counts what waits and how long, over all accounts; it sees no id, neither of accounts nor of contacts.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'assent_monitoring') THEN
    CREATE ROLE assent_monitoring NOLOGIN NOSUPERUSER NOBYPASSRLS;
  END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO assent_monitoring;
CREATE POLICY monitoring ON outbox FOR SELECT TO assent_monitoring USING (relayed_at IS NULL);
GRANT SELECT (created_at, relayed_at) ON outbox TO assent_monitoring;
CREATE POLICY monitoring ON deliveries FOR SELECT TO assent_monitoring
  USING (state IN ('queued', 'deferred', 'claimed', 'sending'));
GRANT SELECT (state) ON deliveries TO assent_monitoring;
CREATE POLICY monitoring ON erasures FOR SELECT TO assent_monitoring USING (finished_at IS NULL);
GRANT SELECT (requested_at, finished_at) ON erasures TO assent_monitoring;
CREATE INDEX erasures_open ON erasures (requested_at) WHERE finished_at IS NULL;
