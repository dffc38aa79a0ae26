-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "accounts" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_keys" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "name" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "operator_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "hint" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "scopes" TEXT[],
    "mode" TEXT NOT NULL DEFAULT 'live',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "account_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "route" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" INTEGER,
    "answer" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("account_id","key")
);

-- CreateTable
CREATE TABLE "brands" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "color" TEXT NOT NULL,
    "sender_name" TEXT NOT NULL,
    "sender_email" TEXT NOT NULL,
    "controller" TEXT,
    "postal_address" TEXT,
    "privacy_notice_url" TEXT,
    "language" TEXT NOT NULL DEFAULT 'en',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "brands_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lists" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "brand_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "reminder_after_seconds" INTEGER[],
    "expire_after_seconds" INTEGER NOT NULL DEFAULT 604800,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "lists_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "forms" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "draft" JSONB NOT NULL,
    "published_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "forms_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "form_versions" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "form_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "wording" JSONB NOT NULL,
    "wording_hash" BYTEA NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "form_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contacts" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "subscriber_id" TEXT NOT NULL,
    "envelope_sealed" BYTEA NOT NULL,
    "external_id_fingerprint" BYTEA,
    "language" TEXT,
    "time_zone" TEXT,
    "source" TEXT NOT NULL,
    "mail_rating" DECIMAL(2,1),
    "tracking_consent" TEXT NOT NULL DEFAULT 'none',
    "objected_at" TIMESTAMPTZ(3),
    "restricted_at" TIMESTAMPTZ(3),
    "came_back_at" TIMESTAMPTZ(3),
    "erasing_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "contacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "contact_channels" (
    "contact_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,
    "permission" TEXT NOT NULL DEFAULT 'pending',
    "basis" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),

    CONSTRAINT "contact_channels_pkey" PRIMARY KEY ("contact_id","channel")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "contact_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,
    "account_id" UUID NOT NULL,
    "status" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("contact_id","list_id")
);

-- CreateTable
CREATE TABLE "consent_events" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "sequence" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "channel" TEXT,
    "list_id" UUID,
    "form_version_id" UUID,
    "delivery_id" UUID,
    "wording_hash" BYTEA,
    "reported" BOOLEAN NOT NULL DEFAULT false,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "detail_sealed" BYTEA NOT NULL,
    "commitment" BYTEA NOT NULL,
    "previous_hash" BYTEA,
    "hash" BYTEA NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "consent_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_ups" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,
    "form_version_id" UUID,
    "payload_sealed" BYTEA,
    "address_fingerprint" BYTEA NOT NULL,
    "sandbox" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'received',
    "outcome" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_ups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "opt_ins" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,
    "sign_up_id" UUID NOT NULL,
    "form_version_id" UUID,
    "language" TEXT NOT NULL,
    "tracking" BOOLEAN NOT NULL DEFAULT false,
    "sandbox" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'awaiting',
    "mails_queued" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "opt_ins_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suppressions" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "erasures" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "contact_id" UUID NOT NULL,
    "requested_by" TEXT NOT NULL,
    "requester_sealed" BYTEA,
    "status" TEXT NOT NULL DEFAULT 'requested',
    "tombstone_id" UUID,
    "certificate" JSONB,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasures_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tombstones" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "erasure_id" UUID NOT NULL,
    "permission" TEXT NOT NULL DEFAULT 'deleted',
    "registered_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "erased_at" TIMESTAMPTZ(3) NOT NULL,
    "ips_sealed" BYTEA NOT NULL,
    "channels" TEXT[],
    "brand_ids" UUID[],
    "list_ids" UUID[],
    "wording_hashes" BYTEA[],
    "evidence_until" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "tombstones_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tombstone_fingerprints" (
    "tombstone_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,

    CONSTRAINT "tombstone_fingerprints_pkey" PRIMARY KEY ("tombstone_id","channel")
);

-- CreateTable
CREATE TABLE "resubscriptions" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "tombstone_id" UUID NOT NULL,
    "channel" TEXT NOT NULL,
    "address_fingerprint" BYTEA NOT NULL,
    "key_version" INTEGER NOT NULL,
    "pending_sealed" BYTEA,
    "list_ids" UUID[],
    "sign_up_id" UUID,
    "requested_by" TEXT NOT NULL,
    "how_asked" TEXT NOT NULL,
    "language" TEXT NOT NULL,
    "sandbox" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'awaiting',
    "contact_id" UUID,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "resubscriptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mail_bounds" (
    "scope" BYTEA NOT NULL,
    "day" DATE NOT NULL,
    "mails" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "mail_bounds_pkey" PRIMARY KEY ("scope","day")
);

-- CreateTable
CREATE TABLE "rate_bounds" (
    "scope" BYTEA NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "requests" INTEGER NOT NULL,

    CONSTRAINT "rate_bounds_pkey" PRIMARY KEY ("scope","window_start")
);

-- CreateTable
CREATE TABLE "templates" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "brand_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "current_version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "templates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template_versions" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "number" INTEGER NOT NULL,
    "subject" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "template_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "test_addresses" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "address_sealed" BYTEA NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "verified_at" TIMESTAMPTZ(3),

    CONSTRAINT "test_addresses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "campaigns" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "list_id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "template_version" INTEGER,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'draft',
    "sandbox" BOOLEAN NOT NULL DEFAULT false,
    "scheduled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "frozen_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,

    CONSTRAINT "campaigns_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "lane" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "campaign_id" UUID,
    "list_id" UUID,
    "contact_id" UUID,
    "opt_in_id" UUID,
    "resubscription_id" UUID,
    "test_address_id" UUID,
    "template_id" UUID,
    "template_version" INTEGER,
    "sandbox" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'queued',
    "skip_reason" TEXT,
    "not_before" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lease_owner" TEXT,
    "lease_epoch" INTEGER NOT NULL DEFAULT 0,
    "lease_expires_at" TIMESTAMPTZ(3),
    "reply_code" INTEGER,
    "reply_status" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "sending_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "imports" (
    "id" UUID NOT NULL DEFAULT uuidv7(),
    "account_id" UUID NOT NULL,
    "list_ids" UUID[],
    "evidence" JSONB NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'awaiting_file',
    "total" INTEGER NOT NULL DEFAULT 0,
    "created" INTEGER NOT NULL DEFAULT 0,
    "updated" INTEGER NOT NULL DEFAULT 0,
    "refused" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_refusals" (
    "import_id" UUID NOT NULL,
    "row" INTEGER NOT NULL,
    "account_id" UUID NOT NULL,
    "code" TEXT NOT NULL,
    "field" TEXT,

    CONSTRAINT "import_refusals_pkey" PRIMARY KEY ("import_id","row")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "account_id" UUID NOT NULL,
    "command" TEXT NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "workflow_id" TEXT NOT NULL,
    "name" TEXT,
    "input" JSONB NOT NULL,
    "contact_id" UUID,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "relayed_at" TIMESTAMPTZ(3),
    "failure" TEXT,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "executions" (
    "workflow_id" TEXT NOT NULL,
    "account_id" UUID NOT NULL,
    "workflow_type" TEXT NOT NULL,
    "contact_id" UUID,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "executions_pkey" PRIMARY KEY ("workflow_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "operator_keys_secret_hash_key" ON "operator_keys"("secret_hash");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_secret_hash_key" ON "api_keys"("secret_hash");

-- CreateIndex
CREATE INDEX "api_keys_account_id_idx" ON "api_keys"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "brands_account_id_id_key" ON "brands"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "brands_account_id_name_key" ON "brands"("account_id", "name");

-- CreateIndex
CREATE INDEX "lists_account_id_idx" ON "lists"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "lists_account_id_id_key" ON "lists"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "lists_brand_id_name_key" ON "lists"("brand_id", "name");

-- CreateIndex
CREATE INDEX "forms_account_id_idx" ON "forms"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "forms_account_id_id_key" ON "forms"("account_id", "id");

-- CreateIndex
CREATE INDEX "form_versions_account_id_idx" ON "form_versions"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "form_versions_form_id_number_key" ON "form_versions"("form_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "contacts_subscriber_id_key" ON "contacts"("subscriber_id");

-- CreateIndex
CREATE INDEX "contacts_account_id_created_at_id_idx" ON "contacts"("account_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "contacts_account_id_source_idx" ON "contacts"("account_id", "source");

-- CreateIndex
CREATE UNIQUE INDEX "contacts_account_id_id_key" ON "contacts"("account_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "contacts_account_id_external_id_fingerprint_key" ON "contacts"("account_id", "external_id_fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "contact_channels_account_id_channel_fingerprint_key" ON "contact_channels"("account_id", "channel", "fingerprint");

-- CreateIndex
CREATE INDEX "subscriptions_list_id_status_idx" ON "subscriptions"("list_id", "status");

-- CreateIndex
CREATE INDEX "subscriptions_account_id_idx" ON "subscriptions"("account_id");

-- CreateIndex
CREATE INDEX "consent_events_account_id_idx" ON "consent_events"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "consent_events_contact_id_sequence_key" ON "consent_events"("contact_id", "sequence");

-- CreateIndex
CREATE INDEX "sign_ups_account_id_address_fingerprint_idx" ON "sign_ups"("account_id", "address_fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "opt_ins_sign_up_id_key" ON "opt_ins"("sign_up_id");

-- CreateIndex
CREATE INDEX "opt_ins_account_id_contact_id_idx" ON "opt_ins"("account_id", "contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "suppressions_account_id_channel_fingerprint_reason_key" ON "suppressions"("account_id", "channel", "fingerprint", "reason");

-- CreateIndex
CREATE INDEX "erasures_account_id_idx" ON "erasures"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "erasures_contact_id_key" ON "erasures"("contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "tombstones_erasure_id_key" ON "tombstones"("erasure_id");

-- CreateIndex
CREATE INDEX "tombstones_account_id_idx" ON "tombstones"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "tombstones_account_id_id_key" ON "tombstones"("account_id", "id");

-- CreateIndex
CREATE INDEX "tombstone_fingerprints_account_id_channel_fingerprint_idx" ON "tombstone_fingerprints"("account_id", "channel", "fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "resubscriptions_sign_up_id_key" ON "resubscriptions"("sign_up_id");

-- CreateIndex
CREATE INDEX "resubscriptions_account_id_address_fingerprint_idx" ON "resubscriptions"("account_id", "address_fingerprint");

-- CreateIndex
CREATE INDEX "templates_account_id_idx" ON "templates"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "templates_account_id_id_key" ON "templates"("account_id", "id");

-- CreateIndex
CREATE INDEX "template_versions_account_id_idx" ON "template_versions"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "template_versions_template_id_number_key" ON "template_versions"("template_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "test_addresses_account_id_fingerprint_key" ON "test_addresses"("account_id", "fingerprint");

-- CreateIndex
CREATE INDEX "campaigns_account_id_created_at_id_idx" ON "campaigns"("account_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "campaigns_account_id_id_key" ON "campaigns"("account_id", "id");

-- CreateIndex
CREATE INDEX "deliveries_campaign_id_state_idx" ON "deliveries"("campaign_id", "state");

-- CreateIndex
CREATE INDEX "deliveries_contact_id_idx" ON "deliveries"("contact_id");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_account_id_dedupe_key_key" ON "deliveries"("account_id", "dedupe_key");

-- CreateIndex
CREATE INDEX "imports_account_id_idx" ON "imports"("account_id");

-- CreateIndex
CREATE UNIQUE INDEX "imports_account_id_id_key" ON "imports"("account_id", "id");

-- CreateIndex
CREATE INDEX "executions_contact_id_idx" ON "executions"("contact_id");

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "brands" ADD CONSTRAINT "brands_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "lists" ADD CONSTRAINT "lists_account_id_brand_id_fkey" FOREIGN KEY ("account_id", "brand_id") REFERENCES "brands"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "forms" ADD CONSTRAINT "forms_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "lists"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "form_versions" ADD CONSTRAINT "form_versions_account_id_form_id_fkey" FOREIGN KEY ("account_id", "form_id") REFERENCES "forms"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contacts" ADD CONSTRAINT "contacts_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "contact_channels" ADD CONSTRAINT "contact_channels_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contacts"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contacts"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "lists"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "consent_events" ADD CONSTRAINT "consent_events_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contacts"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_ups" ADD CONSTRAINT "sign_ups_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "lists"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opt_ins" ADD CONSTRAINT "opt_ins_account_id_contact_id_fkey" FOREIGN KEY ("account_id", "contact_id") REFERENCES "contacts"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "opt_ins" ADD CONSTRAINT "opt_ins_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "lists"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suppressions" ADD CONSTRAINT "suppressions_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tombstones" ADD CONSTRAINT "tombstones_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "tombstone_fingerprints" ADD CONSTRAINT "tombstone_fingerprints_account_id_tombstone_id_fkey" FOREIGN KEY ("account_id", "tombstone_id") REFERENCES "tombstones"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resubscriptions" ADD CONSTRAINT "resubscriptions_account_id_tombstone_id_fkey" FOREIGN KEY ("account_id", "tombstone_id") REFERENCES "tombstones"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "templates" ADD CONSTRAINT "templates_account_id_brand_id_fkey" FOREIGN KEY ("account_id", "brand_id") REFERENCES "brands"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_versions" ADD CONSTRAINT "template_versions_account_id_template_id_fkey" FOREIGN KEY ("account_id", "template_id") REFERENCES "templates"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_account_id_list_id_fkey" FOREIGN KEY ("account_id", "list_id") REFERENCES "lists"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "campaigns" ADD CONSTRAINT "campaigns_account_id_template_id_fkey" FOREIGN KEY ("account_id", "template_id") REFERENCES "templates"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_account_id_campaign_id_fkey" FOREIGN KEY ("account_id", "campaign_id") REFERENCES "campaigns"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "import_refusals" ADD CONSTRAINT "import_refusals_account_id_import_id_fkey" FOREIGN KEY ("account_id", "import_id") REFERENCES "imports"("account_id", "id") ON DELETE RESTRICT ON UPDATE CASCADE;
