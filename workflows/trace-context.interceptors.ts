import type { Headers, WorkflowInterceptorsFactory } from '@temporalio/workflow';

const headerName = 'traceparent';

/**
 * Passes the trace of whoever started, signalled or updated a workflow last on to its activities. It makes no span and
 * issues no command, and headers take no part in a replay: recorded histories replay with it and without it.
 */
export const interceptors: WorkflowInterceptorsFactory = () => {
  let trace: Headers = {};
  const noteTrace = (headers: Headers) => {
    const header = headers[headerName];
    if (header) trace = { [headerName]: header };
  };
  return {
    inbound: [
      {
        execute(input, next) {
          noteTrace(input.headers);
          return next(input);
        },
        handleSignal(input, next) {
          noteTrace(input.headers);
          return next(input);
        },
        handleUpdate(input, next) {
          noteTrace(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          return next({ ...input, headers: { ...input.headers, ...trace } });
        },
        continueAsNew(input, next) {
          return next({ ...input, headers: { ...input.headers, ...trace } });
        },
      },
    ],
  };
};
