import { Controller, Get, Header, Param } from '@nestjs/common';
import { z } from 'zod';
import { Operation } from '../http/operation.js';
import { brandStylesheet } from './views/brand-stylesheet.js';
import { stylesheet } from './views/stylesheet.js';

const css = 'text/css; charset=utf-8';

const brandFile = z.string().regex(/^[0-9a-f]{6}\.css$/);

/** The styles of the pages. */
@Controller('assets')
export class AssetsController {
  @Get('pages.css')
  @Header('cache-control', 'public, max-age=86400')
  @Operation({ summary: 'Style of the pages', produces: css })
  pages(): string {
    return stylesheet;
  }

  /** Named after the colour, which is all that it holds: it never changes. */
  @Get('brand/:file')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @Operation({ summary: 'Style of a brand colour', produces: css })
  brand(@Param('file', { schema: brandFile }) file: string): string {
    return brandStylesheet(`#${file.slice(0, 6)}`);
  }
}
