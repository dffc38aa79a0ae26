import { Client, Connection } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import proto from '@temporalio/proto';
import { loadConfig } from '../../libs/config/config.js';
import { derivePayloadKey, EncryptingCodec } from '../../libs/privacy/payload-codec.js';

const { History } = proto.temporal.api.history.v1;

/** A history as JSON: bytes in base64, 64-bit numbers and enumerations as text. */
export type RecordedHistory = { events: Array<Record<string, unknown>> };

/** What the SDK's own conversion does; that one fails where the package manager installed protobufjs more than once. */
export function toRecorded(history: object): RecordedHistory {
  const message = History.fromObject(history as never);
  return History.toObject(message, { bytes: String, longs: String, enums: String }) as RecordedHistory;
}

export function fromRecorded(history: RecordedHistory): ReturnType<typeof History.fromObject> {
  return History.fromObject(history as never);
}

/** Reads workflow histories of a stack as an operator with the codec does: decoded. */
export class Histories {
  private constructor(
    private readonly connection: Connection,
    readonly client: Client,
    private readonly codec: EncryptingCodec,
  ) {}

  static async connect(env: Record<string, string>): Promise<Histories> {
    const { temporal, keyEncryptionKey } = loadConfig(env);
    const connection = await Connection.connect({ address: temporal.address });
    const codec = new EncryptingCodec(derivePayloadKey(keyEncryptionKey));
    return new Histories(
      connection,
      new Client({ connection, namespace: temporal.namespace, dataConverter: { payloadCodecs: [codec] } }),
      codec,
    );
  }

  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Ids of all executions that visibility knows, optionally of one type. */
  async workflowIds(type?: string): Promise<string[]> {
    const ids: string[] = [];
    const query = type ? { query: `WorkflowType = '${type}'` } : {};
    for await (const execution of this.client.workflow.list(query)) ids.push(execution.workflowId);
    return ids;
  }

  /** As it lies on the server, encrypted. */
  async stored(workflowId: string): Promise<RecordedHistory> {
    return toRecorded(await this.client.workflow.getHandle(workflowId).fetchHistory());
  }

  /** With every payload decoded, failures and summaries included. */
  async decoded(workflowId: string): Promise<RecordedHistory> {
    const history = await this.client.workflow.getHandle(workflowId).fetchHistory();
    await this.#decodeWithin(history);
    return toRecorded(history);
  }

  async #decodeWithin(value: unknown): Promise<void> {
    if (Array.isArray(value)) {
      for (const item of value) await this.#decodeWithin(item);
    } else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
      for (const [name, child] of Object.entries(value)) {
        if (isPayload(child)) {
          const [payload] = await this.codec.decode([child]);
          (value as Record<string, unknown>)[name] = payload;
        } else if (Array.isArray(child) && child.every(isPayload)) {
          (value as Record<string, unknown>)[name] = await this.codec.decode(child);
        } else {
          await this.#decodeWithin(child);
        }
      }
    }
  }
}

/** The texts that a history holds: its payloads as text, and every other string. */
export function textsOf(history: RecordedHistory): string[] {
  const texts: string[] = [];
  const walk = (value: unknown) => {
    if (typeof value === 'string') {
      texts.push(value);
      // Payload data is base64 in this form.
      const text = Buffer.from(value, 'base64').toString('utf8');
      if (/^[A-Za-z0-9+/]+=*$/.test(value) && !text.includes('\uFFFD')) texts.push(text);
    } else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(walk);
  };
  walk(history);
  return texts;
}

function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && 'metadata' in value && 'data' in value;
}
