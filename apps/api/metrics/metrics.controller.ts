import { Controller, Get, Inject } from '@nestjs/common';
import { readBacklogs } from '../../../libs/db/backlogs.js';
import { Database } from '../../../libs/db/database.js';
import { metricsText } from '../../../libs/telemetry/metrics.js';
import { Operation } from '../http/operation.js';

@Controller('metrics')
export class MetricsController {
  constructor(@Inject(Database) private readonly db: Database) {}

  @Get()
  @Operation({
    summary: 'Metrics of this process and of what waits, for Prometheus',
    description: 'With the key of an operator, or without any from the machine itself.',
    produces: 'text/plain; version=0.0.4; charset=utf-8',
  })
  read(): Promise<string> {
    return metricsText({ backlogs: () => readBacklogs(this.db), pool: () => this.db.poolCounts() });
  }
}
