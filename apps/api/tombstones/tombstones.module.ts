import { Module } from '@nestjs/common';
import { TombstonesController } from './tombstones.controller.js';
import { TombstonesService } from './tombstones.service.js';

@Module({ controllers: [TombstonesController], providers: [TombstonesService] })
export class TombstonesModule {}
