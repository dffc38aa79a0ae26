import { Body, Controller, Get, Headers, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../../../libs/domain/errors.js';
import { Operation } from '../http/operation.js';
import { RequestBounds } from '../http/request-bounds.js';
import { formKeyPart, formPageQuery } from './address-parts.js';
import { type FormAddress, FormPages, type ShownForm } from './form-pages.service.js';
import { speaksJson } from './page-answers.js';
import { readSubmission, type SubmissionProblem } from './submission.js';
import { formPage, signUpReceivedPage } from './views/form-page.js';
import { visitorOf } from './visitor.js';

const receivedSchema = z.object({ status: z.literal('received') }).meta({ id: 'SignUpReceived' });

/**
 * The sign-up form and its answer, which is the same for every address (P8). It may be sent from any site: shops and
 * pop-ups embed it, and there is no session that a forged request could use.
 */
@Controller('f')
export class FormPagesController {
  constructor(
    @Inject(FormPages) private readonly forms: FormPages,
    @Inject(RequestBounds) private readonly bounds: RequestBounds,
  ) {}

  @Get(':formKey')
  @Operation({ summary: 'Sign-up form', produces: 'text/html; charset=utf-8' })
  async show(
    @Param('formKey', { schema: formKeyPart }) formKey: string,
    @Query({ schema: formPageQuery }) query: z.output<typeof formPageQuery>,
    @Headers('accept-language') acceptLanguage: string | undefined,
  ): Promise<string> {
    return render(formKey, await this.forms.current({ formKey, lang: query.lang, acceptLanguage }));
  }

  @Post(':formKey')
  @Operation({
    summary: 'Sign up',
    description:
      'Takes `email`, `consent`, `tracking` and the fields of the form, boxes as `yes` or true. Every address gets the same answer. JSON is answered in JSON.',
    answer: receivedSchema,
    produces: 'text/html; charset=utf-8',
    consumes: ['application/x-www-form-urlencoded', 'application/json'],
    bodyLimit: 64 * 1024,
    status: 202,
    problems: ['validation_failed', 'conflict', 'too_many_requests'],
  })
  async submit(
    @Param('formKey', { schema: formKeyPart }) formKey: string,
    @Query({ schema: formPageQuery }) query: z.output<typeof formPageQuery>,
    @Body() body: unknown,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    const acceptLanguage = request.headers['accept-language'];
    const address = { formKey, ...query, acceptLanguage };
    const shown = await this.#asShown(address, speaksJson(request));
    if ('outdated' in shown) {
      reply.code(409);
      return render(formKey, shown.outdated, { problems: [{ field: 'form', code: 'outdated' }] });
    }
    const read = readSubmission(body, shown.wording.fields);
    if (read.kind === 'invalid') {
      if (speaksJson(request)) throw invalidFields(read.problems);
      reply.code(422);
      return render(formKey, shown, read);
    }
    const visitor = visitorOf(request);
    await this.bounds.takeSignUp(reply, visitor.ip, shown.formId);
    if (read.kind === 'valid') await this.forms.signUp(shown, read.submission, visitor);
    return speaksJson(request) ? { status: 'received' } : signUpReceivedPage(shown);
  }

  /** A person whose page is out of date is shown the form as it is now; a program is told. */
  async #asShown(address: FormAddress, json: boolean): Promise<ShownForm | { outdated: ShownForm }> {
    try {
      return await this.forms.asShown(address);
    } catch (error) {
      if (json || !(error instanceof DomainError) || error.code !== 'conflict') throw error;
      return { outdated: await this.forms.current(address) };
    }
  }
}

function render(
  formKey: string,
  { language, number, wording, brand }: ShownForm,
  again: { problems?: SubmissionProblem[]; values?: Record<string, string> } = {},
): string {
  const { problems, values } = again;
  // What is sent names the wording that was read: another version may be published meanwhile.
  return formPage({ brand, language, wording, action: `/f/${formKey}?lang=${language}&v=${number}`, problems, values });
}

function invalidFields(problems: SubmissionProblem[]): DomainError {
  return new DomainError(
    'validation_failed',
    undefined,
    problems.map(({ field, code }) => ({ pointer: `/${field}`, detail: code })),
  );
}
