export { campaign } from './campaign.js';
export { deliveryLane } from './delivery-lane.js';
export { doubleOptIn } from './double-opt-in.js';
export { erasure } from './erasure.js';
export { housekeeping } from './housekeeping.js';
export { resubscription } from './resubscription.js';
