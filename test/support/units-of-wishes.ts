import { CommandBus, CqrsModule } from '@nestjs/cqrs';
import { Test, type TestingModule } from '@nestjs/testing';
import { commandHandlers } from '../../src/allocation/application/command-handlers';
import { ProductRepository } from '../../src/allocation/application/product-repository';
import type { Scope } from '../../src/allocation/application/scope';
import { UnitOfWork } from '../../src/allocation/application/unit-of-work';
import type { Product } from '../../src/allocation/domain/product';
import type { Step } from './side-by-side';
import { commandOf } from './wishes';

/** What a handler hands to the unit of work. */
export interface HandedOver {
  readonly scope: Scope;
  readonly work: (product: Product) => unknown;
}

/** Keeps what the handlers hand over, and runs nothing. */
class CollectedUnits extends UnitOfWork {
  collected: HandedOver[] = [];

  override run<T>(scope: Scope, work: (product: Product) => T): Promise<T> {
    this.collected.push({ scope, work });
    return Promise.resolve(true as T);
  }
}

/** The handlers of the commands, to be asked what they would hand to the unit of work. */
export class UnitsOfWishes {
  private readonly units = new CollectedUnits();
  private sku = '';
  private app!: TestingModule;

  async start(): Promise<this> {
    this.app = await Test.createTestingModule({
      imports: [CqrsModule.forRoot()],
      providers: [
        ...commandHandlers,
        { provide: UnitOfWork, useValue: this.units },
        { provide: ProductRepository, useValue: { skuOfBatch: () => Promise.resolve(this.sku) } },
      ],
    }).compile();
    this.app.useLogger(false);
    await this.app.init();
    return this;
  }

  /** One unit for each wish. */
  async of(sku: string, steps: readonly Step[]): Promise<HandedOver[]> {
    this.sku = sku;
    this.units.collected = [];
    for (const step of steps) {
      if (step.do !== 'wait') await this.app.get(CommandBus).execute(commandOf(step, sku));
    }
    return this.units.collected;
  }

  async stop(): Promise<void> {
    await this.app.close();
  }
}
