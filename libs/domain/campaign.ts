import type { TransitionTable } from './transition.js';

/** A campaign's life (P9). freezing: its audience is being written to the ledger. */
export const campaignStates = ['draft', 'scheduled', 'freezing', 'sending', 'paused', 'cancelled', 'finished'] as const;
export type CampaignState = (typeof campaignStates)[number];
export type CampaignEvent = 'send' | 'schedule' | 'freeze' | 'open' | 'pause' | 'resume' | 'cancel' | 'finish';

export const campaignTransitions: TransitionTable<CampaignState, CampaignEvent> = {
  draft: { send: 'freezing', schedule: 'scheduled' },
  scheduled: { freeze: 'freezing', cancel: 'cancelled' },
  freezing: { open: 'sending', cancel: 'cancelled' },
  sending: { pause: 'paused', cancel: 'cancelled', finish: 'finished' },
  paused: { resume: 'sending', cancel: 'cancelled' },
  cancelled: {},
  finished: {},
};
