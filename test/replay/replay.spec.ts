import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  bundleWorkflowCode,
  DefaultLogger,
  Runtime,
  Worker,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import { fromRecorded, type RecordedHistory } from '../support/histories.js';

const folder = fileURLToPath(new URL('./histories/', import.meta.url));
const recorded = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => ({
    name: name.replace(/\.json$/, ''),
    history: JSON.parse(readFileSync(`${folder}${name}`, 'utf8')),
  }));

let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: 'OFF', forward: {} } },
  });
  workflowBundle = await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../../workflows/index.ts', import.meta.url)),
    workflowInterceptorModules: [
      fileURLToPath(new URL('../../workflows/trace-context.interceptors.ts', import.meta.url)),
    ],
    logger: new DefaultLogger('ERROR'),
  });
});

/** Histories are stored decoded, so that they replay with any key. */
const replay = (history: RecordedHistory) => Worker.runReplayHistory({ workflowBundle }, fromRecorded(history));

describe('recorded histories', () => {
  it('exist for each workflow', () => {
    const types = new Set(recorded.map(({ name }) => name.split('.')[0]));
    expect([...types].sort()).toEqual([
      'campaign',
      'delivery-lane',
      'double-opt-in',
      'erasure',
      'housekeeping',
      'resubscription',
    ]);
  });

  it.each(recorded.map(({ name, history }) => [name, history] as const))('%s replays', async (_name, history) => {
    await replay(history);
  });

  it('a workflow that issues other commands than the history fails the replay', async () => {
    const history = structuredClone(recorded.find(({ name }) => name === 'double-opt-in.confirmed')!.history);
    const scheduled = history.events.find((event: { eventType: string }) =>
      /ACTIVITY_TASK_SCHEDULED/.test(event.eventType),
    );
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'somethingElse';
    await expect(replay(history)).rejects.toThrow(/[Nn]ondeterminism/);
  });
});
