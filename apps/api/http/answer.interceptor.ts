import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { viewerOf } from '../access/caller.js';
import { type OperationOptions, operationKey } from './operation.js';
import { nextLink } from './page.js';
import { AnswerMismatchError, present } from './serializer.js';
import { etagOf } from './version.js';

/** Runs the serializer over every answer, and says in headers what follows from it: its version, the next page. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly publicUrl: string) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation: OperationOptions = Reflect.getMetadata(operationKey, context.getHandler());
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      map((value) => {
        // A route with both chooses by what the request asks for: text is the page, anything else the answer.
        if (operation.produces && (!operation.answer || typeof value === 'string')) {
          reply.type(operation.produces);
          return value;
        }
        if (!operation.answer) {
          if (value !== undefined) throw new AnswerMismatchError(['/']);
          return undefined;
        }
        const answer = present(operation.answer, value, viewerOf(request.caller));
        const { version, next_cursor } = answer as { version?: number; next_cursor?: string | null };
        if (operation.versioned && version !== undefined) reply.header('etag', etagOf(version));
        if (next_cursor) reply.header('link', nextLink(this.publicUrl, request.url, next_cursor));
        return answer;
      }),
    );
  }
}
