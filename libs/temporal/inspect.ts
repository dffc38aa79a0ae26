import { status } from '@grpc/grpc-js';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Config } from '../config/config.js';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** What an operator has to know of the Temporal service. */
export type TemporalFacts =
  | { reachable: false }
  | { reachable: true; serverVersion: string; namespace: false }
  | {
      reachable: true;
      serverVersion: string;
      namespace: true;
      missingAttributes: string[];
      /** Processes that polled the task queue within the last minutes: for workflows, and for activities. */
      pollers: { workflows: number; activities: number };
    };

/** Asked over a connection of its own without the SDK's retries, as in `isTemporalReachable`. */
export async function inspectTemporal(
  { temporal: { address, namespace } }: Pick<Config, 'temporal'>,
  { taskQueue, attributes, timeoutMs }: { taskQueue: string; attributes: string[]; timeoutMs: number },
): Promise<TemporalFacts> {
  const connection = Connection.lazy({ address, interceptors: [] });
  try {
    return await connection.withDeadline(Date.now() + timeoutMs, async () => {
      const { serverVersion } = await connection.workflowService.getSystemInfo({});
      const about = { reachable: true as const, serverVersion: serverVersion ?? '' };
      try {
        await connection.workflowService.describeNamespace({ namespace });
      } catch (error) {
        if (isGrpcServiceError(error) && error.code === status.NOT_FOUND) return { ...about, namespace: false };
        throw error;
      }
      const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
      const pollersOf = async (taskQueueType: number) => {
        const queue = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
        return (await connection.workflowService.describeTaskQueue(queue)).pollers?.length ?? 0;
      };
      return {
        ...about,
        namespace: true,
        missingAttributes: attributes.filter((name) => !(name in (customAttributes ?? {}))),
        pollers: {
          workflows: await pollersOf(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
          activities: await pollersOf(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
        },
      };
    });
  } catch (error) {
    if (isGrpcServiceError(error)) return { reachable: false };
    throw error;
  } finally {
    await connection.close();
  }
}
