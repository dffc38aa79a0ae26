/** How long the evidence in a tombstone is retained, in milliseconds: three years, the time in which claims are made. */
export const tombstoneEvidenceMs = 3 * 365 * 24 * 60 * 60 * 1000;
