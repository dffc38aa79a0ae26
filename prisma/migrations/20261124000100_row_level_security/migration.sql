-- Row-level security (decision 9). Every query of the product runs inside a transaction that took one of the roles below
-- with SET LOCAL ROLE (libs/db/database.ts); what the login role itself may do does not matter.
--   assent_app       serves one account, named by the setting app.account_id
--   assent_sign_in   finds the account of an API key
--   assent_operator  creates accounts and operator keys
--   assent_outbox    relays commands to Temporal
--   assent_delivery  claims due rows of the ledger, over all accounts
--   assent_retention deletes rows whose retention has ended, over all accounts
--   assent_bounds    counts requests within a window of time

DO $$
DECLARE role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['assent_app', 'assent_sign_in', 'assent_operator', 'assent_outbox', 'assent_delivery', 'assent_retention', 'assent_bounds'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS', role_name);
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA public TO %I', role_name);
  END LOOP;
END
$$;

-- The policy of the account. nullif: a pooled connection leaves an empty string behind, which would fail the cast.
-- The sub-select makes the planner evaluate the setting once per statement instead of once per row.
DO $$
DECLARE table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY[
    'api_keys', 'idempotency_keys', 'brands', 'lists', 'forms', 'form_versions', 'contacts', 'contact_channels',
    'subscriptions', 'consent_events', 'sign_ups', 'opt_ins', 'suppressions', 'erasures', 'tombstones',
    'tombstone_fingerprints', 'resubscriptions', 'templates', 'template_versions', 'test_addresses', 'campaigns',
    'deliveries', 'imports', 'import_refusals', 'outbox', 'executions'
  ] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format(
      'CREATE POLICY account ON %I TO assent_app
         USING (account_id = (SELECT nullif(current_setting(''app.account_id'', true), '''')::uuid))
         WITH CHECK (account_id = (SELECT nullif(current_setting(''app.account_id'', true), '''')::uuid))',
      table_name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO assent_app', table_name);
  END LOOP;
END
$$;

ALTER TABLE accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts FORCE ROW LEVEL SECURITY;
CREATE POLICY account ON accounts TO assent_app
  USING (id = (SELECT nullif(current_setting('app.account_id', true), '')::uuid))
  WITH CHECK (id = (SELECT nullif(current_setting('app.account_id', true), '')::uuid));
GRANT SELECT, UPDATE ON accounts TO assent_app;

ALTER TABLE operator_keys ENABLE ROW LEVEL SECURITY;
ALTER TABLE operator_keys FORCE ROW LEVEL SECURITY;

-- Evidence and tombstones are append-only for everyone: an erasure may delete evidence, nobody may rewrite it.
REVOKE UPDATE ON consent_events, form_versions, template_versions, tombstones, tombstone_fingerprints FROM assent_app;
REVOKE DELETE ON tombstones, tombstone_fingerprints, form_versions, template_versions FROM assent_app;

-- Bounds on opt-in mail hold keyed hashes that change daily and belong to no account, so there is no row policy.
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_bounds TO assent_app;
-- So do bounds on requests: they are counted before it is known whose the request is.
GRANT SELECT, INSERT, UPDATE (requests) ON rate_bounds TO assent_bounds;

GRANT USAGE ON SEQUENCE outbox_id_seq TO assent_app;

-- Sign-in: from the hash of a secret to its account.
CREATE POLICY sign_in ON api_keys TO assent_sign_in USING (true) WITH CHECK (true);
GRANT SELECT (id, account_id, secret_hash, role, scopes, mode, revoked_at, last_used_at), UPDATE (last_used_at)
  ON api_keys TO assent_sign_in;
CREATE POLICY sign_in ON operator_keys FOR SELECT TO assent_sign_in USING (true);
GRANT SELECT (id, secret_hash, revoked_at) ON operator_keys TO assent_sign_in;

-- Operator: accounts and operator keys; nothing inside an account but its first key.
CREATE POLICY operator ON accounts TO assent_operator USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON accounts TO assent_operator;
CREATE POLICY operator ON operator_keys TO assent_operator USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (revoked_at) ON operator_keys TO assent_operator;

-- Outbox relay: commands hold ids and codes only.
CREATE POLICY relay ON outbox TO assent_outbox USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (attempts, available_at, relayed_at, failure), DELETE ON outbox TO assent_outbox;
CREATE POLICY relay ON executions TO assent_outbox USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE (deleted_at) ON executions TO assent_outbox;

-- Delivery lanes: which rows are due, and the lease on them; who they go to is read per account as assent_app.
CREATE POLICY lane ON deliveries TO assent_delivery USING (true) WITH CHECK (true);
GRANT SELECT (id, account_id, lane, kind, campaign_id, state, not_before, attempts, lease_owner, lease_epoch, lease_expires_at, sending_at),
      UPDATE (state, lease_owner, lease_epoch, lease_expires_at, settled_at) ON deliveries TO assent_delivery;
CREATE POLICY lane ON campaigns FOR SELECT TO assent_delivery USING (true);
GRANT SELECT (id, account_id, state) ON campaigns TO assent_delivery;

-- Retention: may see what decides about a row's age, and delete the row; never what the row says.
CREATE POLICY retention ON outbox TO assent_retention USING (relayed_at IS NOT NULL);
GRANT SELECT (id, relayed_at), DELETE ON outbox TO assent_retention;
CREATE POLICY retention ON idempotency_keys TO assent_retention USING (true);
GRANT SELECT (created_at), DELETE ON idempotency_keys TO assent_retention;
CREATE POLICY retention ON sign_ups TO assent_retention USING (status = 'decided');
GRANT SELECT (id, status, decided_at), DELETE ON sign_ups TO assent_retention;
GRANT SELECT (day), DELETE ON mail_bounds TO assent_retention;
GRANT SELECT (window_start), DELETE ON rate_bounds TO assent_retention;

-- What Prisma's schema language cannot say.
ALTER TABLE deliveries ADD CONSTRAINT deliveries_state CHECK (state IN ('queued', 'claimed', 'sending', 'sent', 'deferred', 'failed', 'skipped', 'unknown'));
ALTER TABLE deliveries ADD CONSTRAINT deliveries_lane CHECK (lane IN ('one_to_one', 'campaign'));
ALTER TABLE subscriptions ADD CONSTRAINT subscriptions_status CHECK (status IN ('pending', 'subscribed', 'unsubscribed', 'expired'));
ALTER TABLE contact_channels ADD CONSTRAINT contact_channels_channel CHECK (channel IN ('email', 'sms'));
ALTER TABLE contact_channels ADD CONSTRAINT contact_channels_permission CHECK (permission IN ('pending', 'confirmed'));
ALTER TABLE contact_channels ADD CONSTRAINT contact_channels_basis CHECK (basis IN ('consent', 'existing_customer'));
ALTER TABLE contacts ADD CONSTRAINT contacts_tracking_consent CHECK (tracking_consent IN ('none', 'granted', 'withdrawn'));
ALTER TABLE contacts ADD CONSTRAINT contacts_mail_rating CHECK (mail_rating BETWEEN 0 AND 5 AND mail_rating * 2 = trunc(mail_rating * 2));
ALTER TABLE tombstones ADD CONSTRAINT tombstones_permission CHECK (permission = 'deleted');
ALTER TABLE opt_ins ADD CONSTRAINT opt_ins_status CHECK (status IN ('awaiting', 'confirmed', 'expired', 'rejected', 'ended'));
ALTER TABLE resubscriptions ADD CONSTRAINT resubscriptions_status CHECK (status IN ('awaiting', 'confirmed', 'expired', 'rejected', 'ended'));

-- One opt-in at a time for a contact and a list, one resubscription at a time for an address: the constraint
-- deduplicates, not the workflow id, which Temporal forgets after retention (decision 2).
CREATE UNIQUE INDEX opt_ins_one_awaiting ON opt_ins (contact_id, list_id) WHERE status = 'awaiting';
CREATE UNIQUE INDEX resubscriptions_one_awaiting ON resubscriptions (account_id, channel, address_fingerprint) WHERE status = 'awaiting';

-- The claim reads due rows only; settled rows, the bulk of the ledger, stay out of these indexes.
CREATE INDEX deliveries_due ON deliveries (lane, not_before) WHERE state IN ('queued', 'deferred');
CREATE INDEX deliveries_leased ON deliveries (lease_expires_at) WHERE state IN ('claimed', 'sending');
CREATE INDEX outbox_due ON outbox (id) WHERE relayed_at IS NULL;

-- Wakes the relay and the lanes: an opt-in mail must not wait for the next poll.
CREATE FUNCTION notify_channel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify(TG_ARGV[0], '');
  RETURN NULL;
END
$$;
CREATE TRIGGER outbox_wakes_relay AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION notify_channel('assent_outbox');
CREATE TRIGGER deliveries_wake_lane AFTER INSERT ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION notify_channel('assent_delivery');
