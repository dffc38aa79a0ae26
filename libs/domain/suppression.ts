/** Why an address must not be written to, whatever its permissions say. */
export const suppressionReasons = ['hard_bounce', 'complaint', 'manual'] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** What the account knows of an address from its tombstones and its living card. */
export interface BlockFacts {
  tombstones: number;
  /** A living card whose owner came back by a confirmed resubscription. */
  cameBack: boolean;
  /** A living card whose erasure was asked for and is not finished. */
  erasing: boolean;
}

/**
 * Whether an erased address is blocked from joining (P17): a tombstone exists and no living card came back by
 * confirmation. It is blocked from the moment the erasure is asked for, so that no import slips in before it is done.
 */
export function isBlocked(facts: BlockFacts): boolean {
  return facts.erasing || (facts.tombstones > 0 && !facts.cameBack);
}
