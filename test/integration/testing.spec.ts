import { Injectable, Module } from '@nestjs/common';
import { CommandBus, CommandHandler, EventsHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  Allocate,
  Allocated,
  CreateBatch,
  OrderLine,
  type Recorded,
  type RecordedEventHandler,
  ReservationExpired,
} from '../../src/allocation/contracts';
import { LogReader } from '../../src/messaging/contracts';
import { type Instances, recorded, startInstances, until } from '../../src/testing/contracts';
import { createTestDatabase, type TestDatabase } from '../support/test-database';

/** What came to any instance. */
let came: string[] = [];

@LogReader({ name: 'unguarded', beginsWith: 'beginning' })
@EventsHandler(Allocated, ReservationExpired)
@Injectable()
class Unguarded implements RecordedEventHandler<Allocated | ReservationExpired> {
  handle({ orderId }: Allocated | ReservationExpired, { event }: Recorded): void {
    came.push(`${event.constructor.name} ${orderId}`);
  }
}

class Remark {
  constructor(
    readonly orderId: string,
    readonly sku: string,
  ) {}
}

/** Sends a command of another module, as handlers of modules do. */
@CommandHandler(Remark)
class RemarkHandler implements ICommandHandler<Remark> {
  constructor(private readonly commandBus: CommandBus) {}

  async execute({ orderId, sku }: Remark): Promise<void> {
    came.push(`remark on ${sku}`);
    await this.commandBus.execute(new Allocate(new OrderLine(orderId, sku, 1)));
  }
}

@Module({ providers: [Unguarded, RemarkHandler] })
class UnguardedModule {}

let database: TestDatabase;
let service: Instances;
beforeAll(async () => {
  database = await createTestDatabase();
  service = await startInstances(2, { databaseUrl: database.url, modules: [UnguardedModule] });
  await service.execute(new CreateBatch('b', 'SOFA', 100));
});
afterAll(async () => {
  await service.stop();
  await database.drop();
});
beforeEach(() => (came = []));

const allocate = (order: string, reserveFor?: number) =>
  new Allocate(new OrderLine(order, 'SOFA', 1), { reserveFor });

describe('with instances for tests', () => {
  test('commands are carried out by each in turn, and handlers of an added module get the events', async () => {
    expect(service.next).not.toBe(service.next);
    await service.execute(allocate('o1'));
    expect(came).toEqual(['Allocated o1']);
    expect((await service.next.send('GET', '/v1/allocations/o1')).json().lines).toHaveLength(1);
  });

  test('a process that dies before its handlers get the events leaves them to the log', async () => {
    await service.executeAndCrash(allocate('o2'));
    await service.settled();
    expect(came).toEqual(['Allocated o2']);
  });

  test('a command of any module can be carried out by one that dies', async () => {
    await service.executeAndCrash(new CreateBatch('b2', 'LAMP', 1));
    await service.executeAndCrash(new Remark('a', 'LAMP'));
    await service.settled();
    expect(came).toEqual(['remark on LAMP', 'Allocated a']);
  });

  test('a handler without a guard is found out by delivering again', async () => {
    await service.execute(allocate('o3'));
    await service.deliverAgain('unguarded');
    expect(came.filter((each) => each === 'Allocated o3')).toHaveLength(2);
    await expect(service.deliverAgain('unheard-of')).rejects.toThrow('no handler called unheard-of');
  });

  test('reservations run out when the clock is put forward, and not before', async () => {
    await service.execute(allocate('o4', 3_600));
    await service.settled();
    expect(came).toEqual([]);
    await service.pass(3_601);
    await until(() => came.includes('ReservationExpired o4'));
  });

  test('an event can be handed to a handler as it would be recorded', () => {
    const event = new Allocated('SOFA', 'o5', 1, 'b', null, 99);
    const { id, sequence, occurredAt } = recorded(event, { sequence: 7 });
    expect([typeof id, sequence, occurredAt]).toEqual(['string', 7, expect.any(Date)]);
    service.next.get(Unguarded).handle(event, recorded(event));
    expect(came).toEqual(['Allocated o5']);
  });
});
