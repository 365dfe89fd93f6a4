import type { Command } from '@nestjs/cqrs';
import {
  AdjustStock,
  Allocate,
  ChangeBatchEta,
  ChangeBatchQuantity,
  ChangeLineQuantity,
  ConfirmReservation,
  CreateBatch,
  Deallocate,
  Dispatch,
  ExpireReservations,
  OrderLine,
  Reallocate,
  RecordArrival,
} from '../../src/allocation/contracts';
import type { Wish } from './life';

/** The command for a wish. References are made unique among all SKUs: `b1 of SOFA`. */
export function commandOf(wish: Wish, sku: string): Command<unknown> {
  const long = (batchRef: string) => `${batchRef} of ${sku}`;
  switch (wish.do) {
    case 'create':
      return new CreateBatch(long(wish.batchRef), sku, wish.qty, wish.eta);
    case 'ask': {
      const { do: _, order, qty, ...terms } = wish;
      return new Allocate(new OrderLine(order, sku, qty), terms);
    }
    case 'confirm':
      return new ConfirmReservation(wish.order, sku);
    case 'give back':
      return new Deallocate(wish.order, sku);
    case 'reallocate':
      return new Reallocate(wish.order, sku);
    case 'change line':
      return new ChangeLineQuantity(wish.order, sku, wish.qty);
    case 'dispatch':
      return new Dispatch(wish.order, sku);
    case 'set quantity':
      return new ChangeBatchQuantity(long(wish.batchRef), wish.qty);
    case 'adjust':
      return new AdjustStock(long(wish.batchRef), wish.delta, wish.reason);
    case 'arrive':
      return new RecordArrival(long(wish.batchRef), wish.qty);
    case 'change ETA':
      return new ChangeBatchEta(long(wish.batchRef), wish.eta, undefined, wish.qty);
    case 'expire':
      return new ExpireReservations(sku);
  }
}
