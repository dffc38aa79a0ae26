import { Module } from '@nestjs/common';
import { TemplateContent } from './template-content.js';
import { TemplatePreviews } from './template-previews.js';

/** Loading, compiling and previewing templates, for every noun that sends or shows them. */
@Module({ providers: [TemplateContent, TemplatePreviews], exports: [TemplateContent, TemplatePreviews] })
export class TemplateContentModule {}
