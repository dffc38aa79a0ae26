import { setTimeout as pause } from 'node:timers/promises';
import { SpanKind } from '@opentelemetry/api';
import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdReusePolicy,
  WorkflowUpdateFailedError,
  WorkflowUpdateStage,
} from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import type { Database } from '../../libs/db/database.js';
import { type DueCommand, markRelayed, postponeCommand, takeDueCommands } from '../../libs/db/outbox.js';
import type { WakeUps } from '../../libs/db/wake-ups.js';
import { describeError, type Logger } from '../../libs/log/log.js';
import { relayedCommands } from '../../libs/telemetry/metrics.js';
import { continuing, inSpan } from '../../libs/telemetry/traces.js';
import { isMissingExecution, isTemporalAway } from '../../libs/temporal/executions.js';
import {
  accountIdAttribute,
  campaignIdAttribute,
  contactIdAttribute,
} from '../../workflows/search-attributes.contract.js';
import { taskQueue } from '../../workflows/task-queue.contract.js';
import { contracts } from './contracts.js';

const batchSize = 200;
const parallelWorkflows = 25;
const longestIdleMs = 1_000;
const troublePauseMs = 500;
/** How long one command may take before it is tried again, in milliseconds. */
const commandLimitMs = 10_000;

/**
 * Sends committed commands to Temporal (decision 2). A command may be sent twice, never lost: it is marked only after
 * the server took it, and a start, an update or a signal that comes again meets the same execution.
 */
export class OutboxRelay {
  #stopped = false;
  #running: Promise<void> | null = null;

  constructor(
    private readonly db: Database,
    private readonly client: Client,
    private readonly wakeUps: WakeUps,
    private readonly log: Logger,
  ) {}

  start(): void {
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.wakeUps.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        const relayed = await this.#relayBatch();
        if (relayed === 0) await this.wakeUps.wait(longestIdleMs);
      } catch (error) {
        this.log.warn({ ...describeError(error) }, 'the outbox waits');
        await pause(troublePauseMs);
      }
    }
  }

  async #relayBatch(): Promise<number> {
    return this.db.forSystem('outbox', async (tx) => {
      const commands = await takeDueCommands(tx, batchSize);
      const byWorkflow = new Map<string, DueCommand[]>();
      for (const command of commands) {
        byWorkflow.set(command.workflowId, [...(byWorkflow.get(command.workflowId) ?? []), command]);
      }
      const queues = [...byWorkflow.values()];
      const relayed: bigint[] = [];
      const failed: Array<{ command: DueCommand; failure: string }> = [];
      let away: unknown = null;

      const relayQueue = async (queue: DueCommand[]) => {
        for (const command of queue) {
          if (away) return;
          try {
            await this.#sendTraced(command);
            relayed.push(command.id);
            relayedCommands.inc({ command: command.command, outcome: 'relayed' });
          } catch (error) {
            // While the server is away nothing is postponed: when it is back, everything goes on at once.
            if (isTemporalAway(error)) away = error;
            else failed.push({ command, failure: String(describeError(error).error) });
            return;
          }
        }
      };
      await Promise.all(
        Array.from({ length: parallelWorkflows }, async () => {
          for (let queue = queues.shift(); queue; queue = queues.shift()) await relayQueue(queue);
        }),
      );

      await markRelayed(tx, relayed);
      for (const { command, failure } of failed) {
        this.log.warn({ outbox: String(command.id), command: command.command, failure }, 'a command was postponed');
        relayedCommands.inc({ command: command.command, outcome: 'postponed' });
        await postponeCommand(tx, command.id, command.attempts, failure);
      }
      if (away) {
        this.log.warn({ waiting: commands.length - relayed.length, ...describeError(away) }, 'Temporal is away');
        await pause(troublePauseMs);
      }
      return relayed.length;
    });
  }

  /** The span of a command hangs from whoever asked for it, and the workflow goes on from there. */
  async #sendTraced(command: DueCommand): Promise<void> {
    if (!command.traceContext) return this.#send(command);
    const attributes = { 'temporal.workflow': command.workflowType, 'assent.outbox': String(command.id) };
    const name = `outbox ${command.command}${command.name ? ` ${command.name}` : ''}`;
    await continuing(command.traceContext, () =>
      inSpan(name, SpanKind.PRODUCER, attributes, () => this.#send(command)),
    );
  }

  async #send(command: DueCommand): Promise<void> {
    await this.client.withDeadline(Date.now() + commandLimitMs, async () => {
      if (command.command === 'start' || command.command === 'restart') return this.#startWorkflow(command);
      const handle = this.client.workflow.getHandle(command.workflowId);
      try {
        if (command.command === 'signal') {
          await handle.signal(command.name!);
        } else {
          await handle.startUpdate(command.name!, {
            args: command.input as [object],
            updateId: `outbox-${command.id}`,
            waitForStage: WorkflowUpdateStage.ACCEPTED,
          });
        }
      } catch (error) {
        // It has ended, or an erasure deleted it: what the command would have told it stands in PostgreSQL.
        if (isMissingExecution(error)) return;
        // It took the update and refused it: sending it again would change nothing.
        if (error instanceof WorkflowUpdateFailedError) return;
        throw error;
      }
    });
  }

  async #startWorkflow(command: DueCommand): Promise<void> {
    const contract = contracts[command.workflowType];
    if (!contract) throw new Error(`no workflow type ${command.workflowType}`);
    const input = command.input as { campaignId?: string };
    const attributes: SearchAttributePair[] = [{ key: accountIdAttribute, value: command.accountId }];
    if (command.contactId) attributes.push({ key: contactIdAttribute, value: command.contactId });
    if (input.campaignId) attributes.push({ key: campaignIdAttribute, value: input.campaignId });
    try {
      await this.client.workflow.start(command.workflowType, {
        taskQueue,
        workflowId: command.workflowId,
        args: [input],
        workflowIdReusePolicy:
          command.command === 'restart'
            ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
            : WorkflowIdReusePolicy.REJECT_DUPLICATE,
        typedSearchAttributes: attributes,
        staticSummary: contract.summary,
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    }
  }
}
