import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { derivePayloadKey, EncryptingCodec } from '../../libs/privacy/payload-codec.js';

/** Histories hold up to 50 MB; a page of the UI shows far less. */
const MAX_BODY_BYTES = 20_000_000;

// Payloads in the JSON form of protobuf: bytes are base64.
const requestBody = z.object({
  payloads: z.array(z.object({ metadata: z.record(z.string(), z.string()).optional(), data: z.string().optional() })),
});
type JsonPayload = z.infer<typeof requestBody>['payloads'][number];

export interface CodecEndpoint {
  stop(): Promise<void>;
}

/**
 * Lets the local Temporal UI show payloads: `POST /decode` and `POST /encode` take and give
 * `{ "payloads": [{ "metadata": {…base64}, "data": "base64" }] }`, the contract of Temporal's remote codecs
 * (https://docs.temporal.io/remote-data-encoding). It listens on 127.0.0.1, and browsers may use it from the UI alone:
 * a request from any other origin, or under another host name (DNS rebinding), is refused.
 * @param uiPort of the Temporal UI, whose origin is allowed
 */
export async function startCodecEndpoint(options: {
  port: number;
  uiPort: number;
  keyEncryptionKey: Buffer;
}): Promise<CodecEndpoint> {
  const codec = new EncryptingCodec(derivePayloadKey(options.keyEncryptionKey));
  const names = ['127.0.0.1', 'localhost'];
  const origins = names.map((name) => `http://${name}:${options.uiPort}`);
  const hosts = names.map((name) => `${name}:${options.port}`);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { origin, host } = request.headers;
    response.setHeader('vary', 'origin');
    if (!hosts.includes(host ?? '') || (origin !== undefined && !origins.includes(origin))) {
      return reply(response, 403, { message: 'This endpoint serves the local Temporal UI only' });
    }
    if (origin !== undefined) {
      response.setHeader('access-control-allow-origin', origin);
      response.setHeader('access-control-allow-methods', 'POST, OPTIONS');
      response.setHeader('access-control-allow-headers', 'content-type, x-namespace');
    }
    const path = new URL(request.url ?? '/', 'http://127.0.0.1').pathname;
    if (path !== '/decode' && path !== '/encode')
      return reply(response, 404, { message: 'Only /decode and /encode exist' });
    if (request.method === 'OPTIONS') return reply(response, 204);
    if (request.method !== 'POST') return reply(response, 405, { message: 'Only POST is offered' });
    const body = await readBody(request);
    if (body === undefined) return reply(response, 413, { message: 'The body is too large' });
    const parsed = requestBody.safeParse(parseJson(body));
    if (!parsed.success) return reply(response, 400, { message: 'The body must be {"payloads": […]} in JSON' });
    const payloads = parsed.data.payloads.map(fromJson);
    try {
      const result = path === '/decode' ? await codec.decode(payloads) : await codec.encode(payloads);
      return reply(response, 200, { payloads: result.map(toJson) });
    } catch {
      // The codec has one reason to refuse: another key, or altered bytes. The UI shows the message.
      return reply(response, 422, { message: 'A payload was encrypted with another key or was altered' });
    }
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy()); // The browser went away in the middle of its request.
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function reply(response: ServerResponse, status: number, body?: object): void {
  response.statusCode = status;
  if (body === undefined) response.end();
  else response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // The schema refuses it, with the same answer as any other body of the wrong form.
  }
}

function fromJson({ metadata, data }: JsonPayload): Payload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? '', 'base64') };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? []).toString('base64') };
}
