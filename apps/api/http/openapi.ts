import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { z } from 'zod';
import { type ErrorCode, errorCodes } from '../../../libs/domain/errors.js';
import type { Access } from '../access/access.js';
import { isPagePath } from '../pages/page-answers.js';
import { problemAnswer } from './operation.js';
import { problemSchema } from './problem.js';

const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The OpenAPI 3.1 description of a created application, from the schemas that validate its requests and answers. */
export function describeApi(app: NestFastifyApplication, access: Access): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Assent')
    .setDescription('Marketing automation that proves every permission it acts on.')
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key, ask_…' }, 'key')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: convert,
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  document.components ??= {};
  document.components.schemas ??= {};
  document.components.schemas.Problem = convert(problemSchema, { schemaType: 'output' }).components.Problem as never;
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of methods) {
      const operation = item[method];
      if (operation) describeOperation(operation, method, path, access);
    }
  }
  return document;
}

type OperationObject = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Adds what follows from the route: its key, its body, its parameters. */
function describeOperation(operation: OperationObject, method: string, path: string, access: Access): void {
  const row = access.rowOf(method.toUpperCase(), path.replace(/\{(\w+)\}/g, ':$1'));
  const hasQuery = operation.parameters?.some((parameter) => 'in' in parameter && parameter.in === 'query');
  const codes: ErrorCode[] = [];
  if (row && row.access !== 'public') {
    operation.security = [{ key: [] }];
    codes.push('unauthenticated', 'forbidden', 'too_many_requests');
    const scope = 'scope' in row ? `, with the scope \`${row.scope}\` where a key is narrowed` : '';
    operation.description = [operation.description, `For ${row.access.join(', ')}${scope}.`]
      .filter(Boolean)
      .join('\n\n');
    if ((row.access as readonly string[]).includes('operator') && 'scope' in row) {
      operation.parameters = [
        ...(operation.parameters ?? []),
        {
          name: 'Assent-Account',
          in: 'header',
          required: false,
          description: 'The account that an operator looks at; ignored for keys of accounts.',
          schema: { type: 'string', format: 'uuid' },
        },
      ];
      codes.push('validation_failed');
    }
  }
  if (operation.requestBody) {
    codes.push('malformed_body', 'payload_too_large', 'unsupported_media_type', 'validation_failed');
  }
  // A body that a route does not read is still refused when it cannot be read.
  else if (method !== 'get') codes.push('malformed_body', 'payload_too_large', 'unsupported_media_type');
  if (hasQuery) codes.push('validation_failed');
  if (path.includes('{')) codes.push('not_found');
  if (path.startsWith('/v1/')) codes.push('unavailable', 'internal');
  addProblems(operation, codes);
  if (isPagePath(path)) describeRefusalPages(operation);
}

/** Where people meet a refusal it is a page; programs that send JSON get the problem. */
function describeRefusalPages(operation: OperationObject): void {
  for (const [status, answer] of Object.entries(operation.responses)) {
    if (Number(status) < 400 || !answer || !('content' in answer) || !answer.content) continue;
    answer.content['text/html'] ??= { schema: { type: 'string' } };
  }
}

function addProblems(operation: OperationObject, codes: ErrorCode[]): void {
  for (const code of new Set(codes)) {
    const answer = problemAnswer([code]);
    const { status } = errorCodes[code];
    const known = operation.responses[status] as { description?: string } | undefined;
    if (!known) operation.responses[status] = answer;
    else if (!known.description?.includes(`\`${code}\``)) known.description += `; ${answer.description}`;
  }
}

/** zod's own JSON Schema (draft 2020-12, as OpenAPI 3.1 has it); types with an id become components. */
function convert(schema: unknown, { schemaType }: { schemaType: 'input' | 'output' }) {
  const { $defs, $schema, id, ...json } = z.toJSONSchema(schema as z.ZodType, {
    target: 'draft-2020-12',
    io: schemaType,
    unrepresentable: 'any',
  }) as Record<string, unknown> & { id?: string; $defs?: Record<string, object> };
  const components: Record<string, object> = Object.fromEntries(
    Object.entries($defs ?? {}).map(([name, definition]) => [name, withoutId(definition)]),
  );
  if (id === undefined) return { schema: json, components };
  return { schema: { $ref: `#/components/schemas/${id}` }, components: { ...components, [id]: json } };
}

function withoutId(definition: object): object {
  const { id, ...rest } = definition as { id?: string };
  return rest;
}
