import { condition, proxyActivities, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import type { ConsentActivities } from '../activities/consent.activities.js';
import type { OptInStatus } from '../libs/domain/opt-in.js';
import {
  confirmUpdate,
  type DoubleOptInInput,
  type DoubleOptInState,
  doubleOptInStateQuery,
  endSignal,
  rejectSignal,
  resendSignal,
} from './double-opt-in.contract.js';
import { statusAttribute } from './search-attributes.contract.js';

const retry = { initialInterval: '500ms', maximumInterval: '1 minute' } as const;

const { decideSignUp } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '30 seconds',
  retry,
  summary: 'Decide what the sign-up leads to',
});
const { queueOptInMail } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '30 seconds',
  retry,
  summary: 'Queue the confirmation mail',
});
const { expireOptIn } = proxyActivities<ConsentActivities>({
  startToCloseTimeout: '30 seconds',
  retry,
  summary: 'End the opt-in that nobody answered',
});

/**
 * Double opt-in (P7). The decision and the answer are rows in PostgreSQL; this workflow carries the waiting: mail,
 * reminders, expiry. Nothing but the person's own confirmation ends it as confirmed.
 */
export async function doubleOptIn(input: DoubleOptInInput): Promise<DoubleOptInState> {
  const state: DoubleOptInState = { status: 'deciding', mailsQueued: 0 };
  let resends = 0;

  setHandler(doubleOptInStateQuery, () => state);
  setHandler(confirmUpdate, () => answer(state, 'confirmed'));
  setHandler(rejectSignal, () => void answer(state, 'rejected'));
  setHandler(endSignal, () => void answer(state, 'ended'));
  setHandler(resendSignal, () => {
    resends += 1;
  });

  const decision = await decideSignUp(input);
  if (decision.kind !== 'opt_in') {
    state.status = 'none';
    return finish(state, decision.kind);
  }
  if (state.status === 'deciding') state.status = 'awaiting';

  const optIn = { accountId: input.accountId, optInId: decision.optInId };
  const answered = () => state.status !== 'awaiting';
  const queueMail = async (kind: 'confirmation' | 'confirmation_reminder') => {
    if (answered()) return;
    const { queued } = await queueOptInMail({ ...optIn, kind, number: state.mailsQueued });
    if (queued) state.mailsQueued += 1;
  };

  /** Until the person answers or `deadline`; sends the mail again when the person signs up again meanwhile. */
  const waitForAnswer = async (deadline: number) => {
    while (!answered() && Date.now() < deadline) {
      await condition(() => answered() || resends > 0, deadline - Date.now());
      if (resends > 0) {
        resends = 0;
        await queueMail('confirmation');
      }
    }
  };

  upsertSearchAttributes([{ key: statusAttribute, value: 'awaiting' }]);
  await queueMail('confirmation');

  const startedAt = Date.now();
  for (const afterMs of decision.reminderAfterMs) {
    await waitForAnswer(startedAt + afterMs);
    await queueMail('confirmation_reminder');
  }
  await waitForAnswer(startedAt + decision.expireAfterMs);

  if (!answered()) state.status = await expireOptIn(optIn);
  return finish(state, state.status);
}

/** The first answer counts: what the row in PostgreSQL says is what the signal carries. */
function answer(state: DoubleOptInState, status: OptInStatus): OptInStatus {
  if (state.status === 'awaiting' || state.status === 'deciding') state.status = status;
  return state.status as OptInStatus;
}

function finish(state: DoubleOptInState, status: string): DoubleOptInState {
  upsertSearchAttributes([{ key: statusAttribute, value: status }]);
  return state;
}
