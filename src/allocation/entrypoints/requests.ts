import { Name, OptionalDay, Quantity, Text } from '../../http/fields';

/** What clients send. Version 1 says orderId where the book says orderid. */

const NewRef = () => Name('The reference of the batch, unique among all batches of all SKUs.', 'batch-001');
const NewSku = () => Name('The product.', 'SMALL-TABLE');
const NewOrderId = () => Name('The order. Within a SKU it identifies the line.', 'order-001');
const Purchased = () => Quantity('Pieces bought.', 100);
const Wanted = () => Quantity('Pieces wanted, all of them from one batch.', 10);

export class BatchRequest {
  @NewRef()
  ref!: string;

  @NewSku()
  sku!: string;

  @Purchased()
  qty!: number;

  @OptionalDay('The day of arrival. Null or absent: the batch is in the warehouse.', '2030-01-31')
  eta?: string | null;
}

export class BatchQuantityRequest {
  @Quantity('Pieces that the batch holds now. 0: the whole shipment is lost.', 80, 0)
  qty!: number;
}

export class LineRequest {
  @NewOrderId()
  orderId!: string;

  @NewSku()
  sku!: string;

  @Wanted()
  qty!: number;
}

export class BookLineRequest {
  @NewOrderId()
  orderid!: string;

  @NewSku()
  sku!: string;

  @Wanted()
  qty!: number;
}

export class BatchPath {
  @Text('The reference of the batch.', 'batch-001')
  ref!: string;
}

export class LinePath {
  @Text('The order.', 'order-001')
  orderId!: string;

  @Text('The product.', 'SMALL-TABLE')
  sku!: string;
}
