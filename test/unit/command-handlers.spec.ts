import { Injectable, Module, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import {
  AggregateRoot,
  Command,
  CommandBus,
  CommandHandler,
  CqrsModule,
  EventBus,
  EventPublisher,
  EventsHandler,
  type ICommand,
  type ICommandHandler,
  type IEventHandler,
  type IQueryHandler,
  ofType,
  Query,
  QueryBus,
  QueryHandler,
  Saga,
  UnhandledExceptionBus,
} from '@nestjs/cqrs';
import type { Observable } from 'rxjs';
import { Test, type TestingModule } from '@nestjs/testing';
import { MemoryProductRepository } from '../support/memory-products/memory-product-repository';
import { AllocationModule } from '../../src/allocation/allocation.module';
import { ProductRepository } from '../../src/allocation/application/product-repository';
import {
  Allocate,
  BatchConflict,
  BatchNotFound,
  ChangeBatchQuantity,
  CreateBatch,
  Deallocate,
  InvalidSku,
  LineConflict,
  LineNotAllocated,
  OrderLine,
  OutOfStock,
  Reallocate,
} from '../../src/allocation/contracts';
import { Allocated, Deallocated, eventTypeOf } from '../../src/allocation/domain/events';
import { LogSequencer } from '../../src/log/contracts';
import { BusChecks } from '../../src/messaging/delivery/bus-checks';
import { EventDispatcher } from '../../src/messaging/delivery/event-dispatcher';
import { HandledEvents } from '../../src/messaging/delivery/handled-events';
import { DispatchTimes, HandlerCalls } from '../../src/messaging/delivery/handler-calls';
import { HandlerRegistry } from '../../src/messaging/delivery/handler-registry';
import { NoDelivery } from '../../src/messaging/delivery/no-delivery';
import { NoDeliveryModule } from '../../src/messaging/no-delivery.module';

/** Stands for whoever wants to know what is out of stock. */
@EventsHandler(OutOfStock)
class Buyers implements IEventHandler<OutOfStock> {
  readonly notified: string[] = [];

  handle({ sku }: OutOfStock): void {
    this.notified.push(sku);
  }
}

/** What delivers events. Nothing is kept here: what failed stays failed. */
const deliveryProviders = [
  BusChecks,
  NoDelivery,
  HandlerRegistry,
  HandlerCalls,
  EventDispatcher,
  DispatchTimes,
  { provide: HandledEvents, useValue: { note: () => {} } },
  { provide: LogSequencer, useValue: { wake: () => {} } },
];

let app: TestingModule;
let products: MemoryProductRepository;

beforeEach(async () => {
  products = new MemoryProductRepository();
  app = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), DiscoveryModule, AllocationModule],
    providers: [...deliveryProviders, Buyers],
  })
    .overrideProvider(ProductRepository)
    .useValue(products)
    .compile();
  app.useLogger(false);
  await app.init();
});
afterEach(() => app.close());

const send = <R>(command: Command<R>): Promise<R> => app.get(CommandBus).execute(command);
const line = (orderId: string, sku: string, qty: number) => new OrderLine(orderId, sku, qty);

/** The batch of a line, as told by the events. */
function batchOf(orderId: string): string | undefined {
  let batch: string | undefined;
  for (const { event } of products.events) {
    if (event instanceof Allocated && event.orderId === orderId) batch = event.batchRef;
    if (event instanceof Deallocated && event.orderId === orderId) batch = undefined;
  }
  return batch;
}
const eventTypes = () => products.events.map(({ event }) => eventTypeOf(event));

describe('CreateBatch', () => {
  test('makes a new SKU known (rule 9)', async () => {
    await send(new CreateBatch('b1', 'CRUNCHY-ARMCHAIR', 100));
    expect(await products.skuOfBatch('b1')).toBe('CRUNCHY-ARMCHAIR');
  });

  test('adds to the batches of a SKU', async () => {
    await send(new CreateBatch('b1', 'GARISH-RUG', 100));
    await send(new CreateBatch('b2', 'GARISH-RUG', 99));
    expect(await products.skuOfBatch('b2')).toBe('GARISH-RUG');
  });

  test('twice with the same content is skipped, with other content refused', async () => {
    await send(new CreateBatch('b1', 'GARISH-RUG', 100));
    await send(new CreateBatch('b1', 'GARISH-RUG', 100));
    expect(eventTypes()).toEqual(['BatchCreated']);
    await expect(send(new CreateBatch('b1', 'GARISH-RUG', 99))).rejects.toThrow(BatchConflict);
    await expect(send(new CreateBatch('b1', 'OTHER-RUG', 100))).rejects.toThrow(BatchConflict);
    expect(eventTypes()).toEqual(['BatchCreated']);
  });
});

describe('Allocate', () => {
  test('ties the line to a batch', async () => {
    await send(new CreateBatch('b1', 'COMPLICATED-LAMP', 100));
    await send(new Allocate(line('o1', 'COMPLICATED-LAMP', 10)));
    expect(batchOf('o1')).toBe('b1');
  });

  test('refuses an unknown SKU and leaves nothing behind (rule 6)', async () => {
    await send(new CreateBatch('b1', 'A-REAL-SKU', 100));
    const allocating = send(new Allocate(line('o1', 'NONEXISTENT-SKU', 10)));
    await expect(allocating).rejects.toThrow(new InvalidSku('NONEXISTENT-SKU'));
    await expect(allocating).rejects.toThrow('Invalid sku NONEXISTENT-SKU');
    expect(eventTypes()).toEqual(['BatchCreated']);
  });

  test('succeeds when out of stock, and the buyers are told (rule 5)', async () => {
    await send(new CreateBatch('b1', 'POPULAR-CURTAINS', 9));
    await send(new Allocate(line('o1', 'POPULAR-CURTAINS', 10)));
    expect(batchOf('o1')).toBeUndefined();
    expect(app.get(Buyers).notified).toEqual(['POPULAR-CURTAINS']);
  });

  test('again with another quantity is refused', async () => {
    await send(new CreateBatch('b1', 'COMPLICATED-LAMP', 100));
    await send(new Allocate(line('o1', 'COMPLICATED-LAMP', 10)));
    await expect(send(new Allocate(line('o1', 'COMPLICATED-LAMP', 11)))).rejects.toThrow(LineConflict);
  });

  test('of the same order and another SKU is another line', async () => {
    await send(new CreateBatch('b1', 'LAMP', 100));
    await send(new CreateBatch('b2', 'CHAIR', 100));
    await send(new Allocate(line('o1', 'LAMP', 10)));
    await send(new Allocate(line('o1', 'CHAIR', 20)));
    expect(eventTypes().slice(2)).toEqual(['Allocated', 'Allocated']);
  });
});

test('the commands that create and allocate answer what became of it', async () => {
  expect(await send(new CreateBatch('b1', 'LAMP', 10, '2031-01-01'))).toBe('created');
  expect(await send(new CreateBatch('b1', 'LAMP', 10, '2031-01-01'))).toBe('exists already');
  const allocated = { outcome: 'allocated', batchRef: 'b1', eta: '2031-01-01' };
  const outOfStock = { outcome: 'out of stock', batchRef: null, eta: null };
  const asked = [4, 7, 6].map((qty) => send(new Allocate(line(`o${qty}`, 'LAMP', qty))));
  expect(await Promise.all(asked)).toEqual([allocated, outOfStock, allocated]);
  expect(await send(new Allocate(line('o4', 'LAMP', 4)))).toEqual(allocated);
});

describe('Deallocate', () => {
  test('lets another line have the pieces', async () => {
    await send(new CreateBatch('b1', 'LAMP', 10));
    await send(new Allocate(line('o1', 'LAMP', 10)));
    await send(new Deallocate('o1', 'LAMP'));
    await send(new Allocate(line('o2', 'LAMP', 10)));
    expect(batchOf('o1')).toBeUndefined();
    expect(batchOf('o2')).toBe('b1');
  });

  test.each(['LAMP', 'UNKNOWN'])('of a line of %s that is not allocated is refused', async (sku) => {
    await send(new CreateBatch('b1', 'LAMP', 10));
    await expect(send(new Deallocate('o1', sku))).rejects.toThrow(LineNotAllocated);
  });
});

describe('Reallocate', () => {
  test('moves the line to the batch that is preferred now', async () => {
    await send(new CreateBatch('shipment', 'LAMP', 10, '2031-01-01'));
    await send(new Allocate(line('o1', 'LAMP', 10)));
    await send(new CreateBatch('warehouse', 'LAMP', 10));
    await send(new Reallocate('o1', 'LAMP'));
    expect(batchOf('o1')).toBe('warehouse');
  });

  test('of a line that is not allocated is refused', async () => {
    await expect(send(new Reallocate('o1', 'LAMP'))).rejects.toThrow(LineNotAllocated);
  });
});

describe('ChangeBatchQuantity', () => {
  test('moves the lines that no longer fit', async () => {
    await send(new CreateBatch('b1', 'INDIFFERENT-TABLE', 50));
    await send(new CreateBatch('b2', 'INDIFFERENT-TABLE', 50, '2031-01-01'));
    await send(new Allocate(line('o1', 'INDIFFERENT-TABLE', 20)));
    await send(new Allocate(line('o2', 'INDIFFERENT-TABLE', 20)));
    await send(new ChangeBatchQuantity('b1', 25));
    expect([batchOf('o1'), batchOf('o2')]).toEqual(['b1', 'b2']);
  });

  test('of an unknown batch is refused', async () => {
    await expect(send(new ChangeBatchQuantity('b1', 25))).rejects.toThrow(BatchNotFound);
  });
});

test('a handler that fails neither fails the command nor keeps the others from their event, and the UnhandledExceptionBus tells', async () => {
  const failure = new Error('the mail server is on fire');
  app.get(Buyers).handle = () => {
    throw failure;
  };
  const reported: unknown[] = [];
  app.get(UnhandledExceptionBus).subscribe((info) => reported.push(info));
  await send(new CreateBatch('b1', 'LAMP', 1));
  await send(new Allocate(line('o1', 'LAMP', 2)));
  await send(new Allocate(line('o2', 'LAMP', 3)));
  expect(eventTypes()).toEqual(['BatchCreated', 'OutOfStock', 'OutOfStock']);
  expect(reported).toEqual(
    ['o1', 'o2'].map((orderId) => ({
      cause: expect.objectContaining({ orderId }) as unknown,
      exception: failure,
    })),
  );
});

test('a command of a module that starts before the handlers are known is carried out', async () => {
  @Injectable()
  class OpeningStock implements OnApplicationBootstrap {
    constructor(private readonly commands: CommandBus) {}

    async onApplicationBootstrap() {
      await this.commands.execute(new CreateBatch('b1', 'LAMP', 1, null));
    }
  }
  @Module({ providers: [OpeningStock] })
  class ShopModule {}
  const starting = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), DiscoveryModule, AllocationModule, ShopModule],
    providers: deliveryProviders,
  })
    .overrideProvider(ProductRepository)
    .useValue(products)
    .compile();
  await starting.init();
  expect(await products.skuOfBatch('b1')).toBe('LAMP');
  await starting.close();
});

/** Starts what delivers events, or what leaves that to another process, together with what a module provides. */
async function startWith(provided: Type | Type[], delivery: 'delivery' | 'no delivery' = 'delivery') {
  const starting = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), DiscoveryModule, ...(delivery === 'delivery' ? [] : [NoDeliveryModule])],
    providers: [provided, delivery === 'delivery' ? deliveryProviders : []].flat(),
  }).compile();
  starting.useLogger(false);
  return starting.init();
}

describe('A second handler stops the start, since only one of both would be called:', () => {
  class Brew extends Command<string> {}
  class StrengthOf extends Query<number> {}
  @CommandHandler(Brew)
  class Barista implements ICommandHandler<Brew> {
    execute = () => Promise.resolve('by the barista');
  }
  @CommandHandler(Brew)
  class Machine implements ICommandHandler<Brew> {
    execute = () => Promise.resolve('by the machine');
  }
  @QueryHandler(StrengthOf)
  class Taster implements IQueryHandler<StrengthOf> {
    execute = () => Promise.resolve(7);
  }
  @QueryHandler(StrengthOf)
  class Laboratory implements IQueryHandler<StrengthOf> {
    execute = () => Promise.resolve(7.2);
  }

  test.each(['delivery', 'no delivery'] as const)(
    'of a command, or a question, with %s',
    async (delivery) => {
      await expect(startWith([Barista, Machine], delivery)).rejects.toThrow(
        'has two handlers, Barista and Machine',
      );
      await expect(startWith([Taster, Laboratory], delivery)).rejects.toThrow(
        'has two handlers, Taster and Laboratory',
      );
    },
  );

  test('one of each works as documented', async () => {
    const running = await startWith([Barista, Taster]);
    expect(await running.get(CommandBus).execute(new Brew())).toBe('by the barista');
    expect(await running.get(QueryBus).execute(new StrengthOf())).toBe(7);
    await running.close();
  });
});

describe('What Nest documents of the EventBus and is refused here:', () => {
  test('a saga, at the start, since it would never hear of an event', async () => {
    class Sagas {
      @Saga()
      onOutOfStock = (events: Observable<unknown>): Observable<ICommand> => events as Observable<ICommand>;
    }
    await expect(startWith(Sagas)).rejects.toThrow('Sagas are not supported (Sagas)');
    await expect(startWith(Sagas, 'no delivery')).rejects.toThrow('Sagas are not supported (Sagas)');
  });

  test('a subscription, at the start, also one that was there before the check', async () => {
    @Injectable()
    class Early {
      constructor(eventBus: EventBus) {
        eventBus.subscribe();
      }
    }
    @Injectable()
    class Late implements OnApplicationBootstrap {
      constructor(private readonly eventBus: EventBus) {}

      onApplicationBootstrap() {
        this.eventBus.pipe(ofType(OutOfStock)).subscribe();
      }
    }
    for (const provider of [Early, Late])
      for (const delivery of ['delivery', 'no delivery'] as const)
        await expect(startWith(provider, delivery)).rejects.toThrow(
          'Write an event handler (@EventsHandler)',
        );
  });

  test.each(['delivery', 'no delivery'] as const)(
    'an event that no commit has recorded, at once, with %s',
    async (delivery) => {
      class HeroKilled {}
      class Hero extends AggregateRoot {
        kill() {
          this.apply(new HeroKilled());
        }
      }
      const running = await startWith(Hero, delivery);
      const eventBus = running.get(EventBus);
      const refusal = 'HeroKilled cannot be published';
      expect(() => void eventBus.publish(new HeroKilled())).toThrow(refusal);
      expect(() => void eventBus.publishAll([new HeroKilled()])).toThrow(refusal);
      expect(() => void eventBus.publish(new OutOfStock('o1', 'LAMP', 1, 0))).toThrow('Send a command');
      const namesake = { event: new (class OutOfStock {})() };
      expect(() => void eventBus.publish(namesake)).toThrow('Send a command');
      const hero = running.get(EventPublisher).mergeObjectContext(new Hero());
      hero.kill();
      expect(() => hero.commit()).toThrow(refusal);
      await running.close();
    },
  );
});
