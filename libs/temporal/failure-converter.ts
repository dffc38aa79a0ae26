import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Loaded by the client, the worker and the workflow bundle from its path. Failure messages and stack traces bypass the
 * payload codec unless they are moved into a payload (decision 1).
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
