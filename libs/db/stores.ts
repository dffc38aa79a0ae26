import { accountStores } from './stores/account-stores.js';
import { contactStores } from './stores/contact-stores.js';
import type { StoreDeclaration } from './stores/declaration.js';
import { retainedStores } from './stores/retained-stores.js';

/**
 * The one declaration of stores (decision 10). Erasure, verification and the records of processing run from it, in this
 * order. A test compares it with the schema, column by column.
 */
export const stores: readonly StoreDeclaration[] = [...accountStores, ...retainedStores, ...contactStores];
