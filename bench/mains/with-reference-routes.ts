import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import type { ProductRepository as Repository } from '../../src/allocation/application/product-repository';
import type { Scope } from '../../src/allocation/application/scope';
import { addTo, built } from './built';

/*
 * The built service with routes to compare its reads with: a handler that does nothing, and handlers that
 * ask the write model through its repository (the book's chapter 12, "obvious alternative 1").
 */
const { AllocationModule } = built<typeof import('../../src/allocation/allocation.module')>(
  'allocation/allocation.module',
);
const { ProductRepository } = built<typeof import('../../src/allocation/application/product-repository')>(
  'allocation/application/product-repository',
);
const { OrderLine } = built<typeof import('../../src/allocation/domain/order-line')>(
  'allocation/domain/order-line',
);
const { Public } = built<typeof import('../../src/http/access/required-scope')>('http/access/required-scope');

@Public()
@Controller('bench')
class ReferenceController {
  constructor(@Inject(ProductRepository) private readonly products: Repository) {}

  @Get('empty')
  empty(): void {}

  /** Where the line would be allocated now: the product tries, and nothing is saved. */
  @Get('availability/:sku')
  async availability(@Param('sku') sku: string, @Query('qty') qty: string): Promise<object> {
    const product = await this.load({ looksAt: 'new line', sku, orderId: '', qty: Number(qty) });
    product.allocate(new OrderLine('', sku, Number(qty)));
    return product.events[0];
  }

  /** The order's line of one SKU: the repository cannot find the SKUs of an order. */
  @Get('allocations/:orderId/:sku')
  async allocation(@Param('orderId') orderId: string, @Param('sku') sku: string): Promise<object> {
    const { line, batch } = (await this.load({ looksAt: 'line', sku, orderId })).allocationOf(orderId)!;
    return { orderId, lines: [{ sku, qty: line.qty, batchRef: batch.ref, eta: batch.eta }] };
  }

  private load(scope: Scope) {
    return this.products.transaction({ whenLocked: 'wait' }, async (products) => {
      const loaded = await products.load([scope]);
      return loaded.products.get(scope.sku)!();
    });
  }
}
addTo(AllocationModule, 'controllers', ReferenceController);

built('main');
