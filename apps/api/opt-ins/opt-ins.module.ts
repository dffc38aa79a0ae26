import { Module } from '@nestjs/common';
import { Answers } from './answers.service.js';
import { OptInAnswers } from './opt-in-answers.service.js';
import { ResubscriptionAnswers } from './resubscription-answers.service.js';
import { SignUps } from './sign-ups.service.js';
import { Unsubscribes } from './unsubscribes.service.js';

/** Sign-ups as they come in, and the answers to the mails that follow. Used by pages, forms and contacts. */
@Module({
  providers: [SignUps, Answers, OptInAnswers, ResubscriptionAnswers, Unsubscribes],
  exports: [SignUps, Answers],
})
export class OptInsModule {}
