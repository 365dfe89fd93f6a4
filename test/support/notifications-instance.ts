import { randomUUID } from 'node:crypto';
import { type INestApplicationContext, type LoggerService, type Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import {
  BatchArrived,
  BatchCreated,
  BatchEtaChanged,
  BatchQuantityChanged,
  OutOfStock,
  type Recorded,
  StockAdjusted,
} from '../../src/allocation/contracts';
import { DatabaseModule } from '../../src/database/database.module';
import { NotificationsModule } from '../../src/notifications/notifications.module';
import { OverdueAlertHandler } from '../../src/notifications/alerts/overdue-alert.handler';
import { StockAlertHandler } from '../../src/notifications/alerts/stock-alert.handler';
import { MetricsModule } from '../../src/metrics/metrics.module';
import { RetentionModule } from '../../src/retention/retention.module';
import { settingsModule } from './settings-module';

type StockEvent = BatchCreated | BatchQuantityChanged | BatchArrived | OutOfStock;
type ArrivalEvent = BatchCreated | BatchEtaChanged | BatchArrived | BatchQuantityChanged | StockAdjusted;

/** One instance of the notifications, on a database that others may use too. */
export class NotificationsInstance {
  private isStopped = false;

  private constructor(
    private readonly app: INestApplicationContext,
    /** Each line that was logged, with its details. */
    readonly log: string[],
  ) {}

  /** @param adapt may exchange parts of the module */
  static async start(
    environment: NodeJS.ProcessEnv,
    adapt: (module: TestingModuleBuilder) => TestingModuleBuilder = (module) => module,
  ): Promise<NotificationsInstance> {
    const log: string[] = [];
    const app = await adapt(
      Test.createTestingModule({
        imports: [
          settingsModule(environment),
          DatabaseModule,
          MetricsModule,
          RetentionModule,
          NotificationsModule,
        ],
      }),
    )
      .setLogger(writingTo(log))
      .compile();
    await app.init();
    return new NotificationsInstance(app, log);
  }

  /** Resolves when whoever published the events need not wait for this module any more. */
  async handle(...events: Recorded<StockEvent | ArrivalEvent>[]): Promise<void> {
    const [stock, arrivals] = [this.app.get(StockAlertHandler), this.app.get(OverdueAlertHandler)];
    await Promise.all([
      ...events.filter(isStockEvent).map((recorded) => stock.handle(recorded.event, recorded)),
      ...events.filter(isArrivalEvent).map((recorded) => arrivals.handle(recorded.event, recorded)),
    ]);
  }

  get<T>(part: Type<T>): T {
    return this.app.get(part);
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    await this.app.close();
  }
}

const isStockEvent = (recorded: Recorded): recorded is Recorded<StockEvent> =>
  [BatchCreated, BatchQuantityChanged, BatchArrived, OutOfStock].some(
    (type) => recorded.event instanceof type,
  );
const isArrivalEvent = (recorded: Recorded): recorded is Recorded<ArrivalEvent> =>
  [BatchCreated, BatchEtaChanged, BatchArrived, BatchQuantityChanged, StockAdjusted].some(
    (type) => recorded.event instanceof type,
  );

function writingTo(log: string[]): LoggerService {
  const write = (...parts: unknown[]) =>
    void log.push(
      parts
        .map((part) => JSON.stringify(part, (_, value) => (value instanceof Error ? value.message : value)))
        .join(' '),
    );
  return { log: write, warn: write, error: write, debug: () => undefined };
}

/** The event, as if it had been committed. */
export const recorded = <E extends StockEvent | ArrivalEvent>(sequence: number, event: E): Recorded<E> => ({
  id: randomUUID(),
  sequence,
  occurredAt: new Date('2031-01-01T12:00:00Z'),
  correlationId: 'request-1',
  causationId: 'request-1',
  event,
});

/** @param available pieces left in all batches of the SKU */
export const outOfStock = (
  sku: string,
  sequence: number,
  orderId = `o${sequence}`,
  qty = 10,
  available: number | null = 0,
) => recorded(sequence, new OutOfStock(sku, orderId, qty, available));
export const batchCreated = (sku: string, sequence: number) =>
  recorded(sequence, new BatchCreated(sku, `b${sequence}`, 5, null));
export const quantityChanged = (sku: string, sequence: number, qty: number, previousQty: number) =>
  recorded(sequence, new BatchQuantityChanged(sku, 'b1', qty, previousQty, qty));
