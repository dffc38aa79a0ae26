import { type DeliveryState, deliveryStates } from '../../../libs/domain/delivery.js';

/** Counts with every state of the ledger named, also those that no row is in. */
export function allStates(counts: Partial<Record<DeliveryState, number>>): Record<DeliveryState, number> {
  return Object.fromEntries(deliveryStates.map((state) => [state, counts[state] ?? 0])) as Record<
    DeliveryState,
    number
  >;
}
