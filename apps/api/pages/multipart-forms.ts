import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../../libs/domain/errors.js';

/**
 * Reads small multipart/form-data bodies: mail clients may send the one click of RFC 8058 (section 3.1) in that form.
 * Routes that do not name the type in `consumes` refuse it before their body is read.
 */
@Injectable()
export class MultipartForms implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance() as FastifyInstance;
    server.addContentTypeParser(
      'multipart/form-data',
      { parseAs: 'buffer' },
      async (request: FastifyRequest, body: Buffer) => readFields(body, request.headers['content-type']!),
    );
  }
}

/** The text fields of a form; files are passed over. A name that comes twice keeps its last value. */
async function readFields(body: Buffer, contentType: string): Promise<Record<string, string>> {
  const form = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  const entries = await form.then(
    (read) => [...read.entries()],
    () => {
      // The parser refuses in many words what is one thing to us: a body that is not what its type says.
      throw new DomainError('malformed_body');
    },
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
