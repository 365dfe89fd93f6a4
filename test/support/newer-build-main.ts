import { EventsHandler } from '@nestjs/cqrs';
import { DataSource } from 'typeorm';
import {
  Allocated,
  type DomainEvent,
  eventSchemas,
  eventTypes,
  type Recorded,
  type RecordedEventHandler,
} from '../../src/allocation/contracts';
import { AppModule } from '../../src/app.module';
import { LogReader } from '../../src/messaging/contracts';

/*
 * The service as its next version might be: with a type of event and with handlers that today's does not have. They keep
 * what they get in the table `got`, which a test has made.
 */

class Teleported {
  constructor(readonly sku: string) {}
}
Object.assign(eventTypes, { Teleported });
Object.assign(eventSchemas, { Teleported: { version: 1, description: '', properties: { sku: {} } } });

class Keeper implements RecordedEventHandler {
  constructor(private readonly dataSource: DataSource) {}

  async handle({ sku }: DomainEvent, { sequence }: Recorded): Promise<void> {
    const reader = this.constructor.name;
    await this.dataSource.query('INSERT INTO got VALUES ($1, $2, $3)', [reader, sku, sequence]);
  }
}

@LogReader({ name: 'from-now-on', beginsWith: 'now' })
@EventsHandler(Allocated, Teleported)
class FromNowOn extends Keeper {}

@LogReader({ name: 'from-the-beginning', beginsWith: 'beginning' })
@EventsHandler(Allocated)
class FromTheBeginning extends Keeper {}

// What a decorator would tell Nest of the constructor.
for (const handler of [FromNowOn, FromTheBeginning])
  Reflect.defineMetadata('design:paramtypes', [DataSource], handler);

const forRoot = AppModule.forRoot.bind(AppModule);
AppModule.forRoot = (config) => {
  const module = forRoot(config);
  return { ...module, providers: [...(module.providers ?? []), FromNowOn, FromTheBeginning] };
};

require('../../src/main');
