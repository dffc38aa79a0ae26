-- What an erasure deleted, per store, committed with the deletion: a step that is cut off after its commit and runs again
-- finds nothing to delete any more, and the certificate must still say what was deleted.
ALTER TABLE "erasures" ADD COLUMN "rows_erased" JSONB;
