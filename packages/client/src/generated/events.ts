// Written by `npm run documents`.
export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Stock was bought: it is in the warehouse, or arrives on its ETA. Version 1. */
        BatchCreated: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * @description Pieces bought.
             * @example 10
             */
            qty: number;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
        };
        /** @description A batch holds more or less than before. Lines that it lost follow as Deallocated. Version 1. */
        BatchQuantityChanged: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * @description Pieces that it holds now.
             * @example 10
             */
            qty: number;
            /**
             * @description Pieces that it held before.
             * @example 10
             */
            previousQty: number;
            /**
             * @description Pieces that the batch has left to promise afterwards. Negative when lines have to go; they follow.
             * @example 90
             */
            available: number;
        };
        /** @description Pieces of a batch were found to be there, or not to be there. Lines that it lost follow as Deallocated. Version 1. */
        StockAdjusted: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * @description Pieces that it holds now.
             * @example 10
             */
            qty: number;
            /**
             * @description Pieces that it held before.
             * @example 10
             */
            previousQty: number;
            /**
             * @description Pieces that the batch has left to promise afterwards. Negative when lines have to go; they follow.
             * @example 90
             */
            available: number;
            /**
             * @description Why.
             * @example damaged
             * @enum {string}
             */
            reason: "damaged" | "lost" | "found" | "returned" | "counted" | "supplier";
            /**
             * @description What somebody noted.
             * @example Forklift.
             */
            note: string | null;
        };
        /** @description A batch that was in transit is in the warehouse. Lines that it has too few pieces for follow as Deallocated. Version 1. */
        BatchArrived: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which it was expected.
             * @example 2031-01-15
             */
            previousEta: string;
            /**
             * @description Pieces that came.
             * @example 10
             */
            qty: number;
            /**
             * @description Pieces that were expected.
             * @example 10
             */
            previousQty: number;
            /**
             * @description Pieces that the batch has left to promise afterwards. Negative when lines have to go; they follow.
             * @example 90
             */
            available: number;
        };
        /** @description A batch in transit is expected on another day. Lines that move to another batch follow. Version 1. */
        BatchEtaChanged: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which it is expected now.
             * @example 2031-01-15
             */
            eta: string;
            /**
             * Format: date
             * @description Day on which it was expected before.
             * @example 2031-01-15
             */
            previousEta: string;
            /**
             * @description Pieces that the batch has left to promise afterwards.
             * @example 90
             */
            available: number;
        };
        /** @description An order line is promised for good from a batch. Version 3. */
        Allocated: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
            /**
             * @description Pieces that the batch has left to promise afterwards.
             * @example 90
             */
            available: number;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older. Null: not recorded.
             * @example 12
             */
            askedSequence: number | null;
            /**
             * @description Why the line has the batch: it was asked for, moved to a better batch, displaced from another one, or had waited. Null: not recorded.
             * @example asked
             * @enum {string|null}
             */
            cause: "asked" | "moved" | "displaced" | "wait-list" | null;
        };
        /** @description An order line holds pieces of a batch for a while. Version 1. */
        Reserved: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
            /**
             * @description Pieces that the batch has left to promise afterwards.
             * @example 90
             */
            available: number;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
            /**
             * Format: date-time
             * @description Until when the line is reserved.
             * @example 2031-01-15T12:00:00.000Z
             */
            expiresAt: string;
            /**
             * @description Why the line has the batch: it was asked for, moved to a better batch, displaced from another one, or had waited.
             * @example asked
             * @enum {string}
             */
            cause: "asked" | "moved" | "displaced" | "wait-list";
        };
        /** @description An order line is reserved for longer. Version 1. */
        ReservationExtended: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
            /**
             * Format: date-time
             * @description Until when the line is reserved.
             * @example 2031-01-15T12:00:00.000Z
             */
            expiresAt: string;
            /**
             * Format: date-time
             * @description Until when it was reserved before.
             * @example 2031-01-15T12:00:00.000Z
             */
            previousExpiresAt: string;
        };
        /** @description An order line that was reserved is promised for good from the batch that it has. Version 1. */
        ReservationConfirmed: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
        };
        /** @description The reservation of an order line ran out; its pieces are back in the batch. Version 1. */
        ReservationExpired: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * @description Pieces that the batch has left to promise afterwards.
             * @example 90
             */
            available: number;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
            /**
             * Format: date-time
             * @description When it ran out.
             * @example 2031-01-15T12:00:00.000Z
             */
            expiresAt: string;
        };
        /** @description An order line is no longer promised; its pieces are back in the batch. Version 2. */
        Deallocated: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * @description Pieces that the batch has left to promise afterwards.
             * @example 90
             */
            available: number;
            /**
             * @description Why: it is not wanted any more, or the next event of the line says where it is now. Null: not recorded.
             * @example given back
             * @enum {string|null}
             */
            reason: "given back" | "moved" | "displaced" | null;
        };
        /** @description No batch could take an order line; nothing is held for it. Version 2. */
        OutOfStock: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces that the line wanted.
             * @example 10
             */
            qty: number;
            /**
             * @description Pieces that all batches of the SKU had left together. 0: nothing at all; more: no batch alone had enough; null: not recorded.
             * @example 3
             */
            available: number | null;
        };
        /** @description An order line waits until a batch can take it. Version 1. */
        Waitlisted: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
            /**
             * @description Seconds for which the waiting line is reserved once a batch can take it; null: it is allocated for good.
             * @example null
             */
            reserveFor: number | null;
            /**
             * @description What was promised before the line was displaced and had to wait; null: nothing.
             * @example null
             */
            lastPromise: {
                /**
                 * @description The batch.
                 * @example batch-001
                 */
                batchRef: string;
                /**
                 * Format: date
                 * @description Day on which the batch arrives; null: it is in the warehouse.
                 * @example 2031-01-15
                 */
                eta: string | null;
            } | null;
        };
        /** @description An order line was taken off the wait-list. Version 1. */
        WaitCancelled: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
        };
        /** @description The pieces of an order line have left the warehouse. Version 1. */
        Dispatched: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * @description Pieces that the batch has left to promise afterwards.
             * @example 90
             */
            available: number;
            /**
             * @description Pieces that have left the batch so far, these included.
             * @example 10
             */
            dispatched: number;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
        };
        /** @description An order line is wanted on other terms. Its batch, or that it waits, stays as it is. Version 1. */
        TermsChanged: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description How the line stands.
             * @enum {string}
             */
            state: "reserved" | "allocated" | "waiting";
            /**
             * @description The batch. Null: it waits.
             * @example batch-001
             */
            batchRef: string | null;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
            /**
             * @description The priority that it had before.
             * @example 0
             */
            previousPriority: number;
            /**
             * Format: date-time
             * @description Until when the line is reserved. Null: it is not reserved.
             * @example 2031-01-15T12:00:00.000Z
             */
            expiresAt: string | null;
            /**
             * @description Seconds for which the waiting line is reserved once a batch can take it; null: it is allocated for good.
             * @example null
             */
            reserveFor: number | null;
            /**
             * @description What was promised before the line was displaced and had to wait; null: nothing.
             * @example null
             */
            lastPromise: {
                /**
                 * @description The batch.
                 * @example batch-001
                 */
                batchRef: string;
                /**
                 * Format: date
                 * @description Day on which the batch arrives; null: it is in the warehouse.
                 * @example 2031-01-15
                 */
                eta: string | null;
            } | null;
        };
        /** @description The customer of an order line has to be told another day. Version 1. */
        PromiseChanged: {
            /**
             * @description Names the product.
             * @example RED-CHAIR
             */
            sku: string;
            /**
             * @description The order of the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description Pieces of the line.
             * @example 10
             */
            qty: number;
            /**
             * @description How the line stands.
             * @enum {string}
             */
            state: "reserved" | "allocated";
            /**
             * @description The batch.
             * @example batch-001
             */
            batchRef: string;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse.
             * @example 2031-01-15
             */
            eta: string | null;
            /**
             * @description The batch that was promised before.
             * @example batch-001
             */
            previousBatchRef: string;
            /**
             * Format: date
             * @description Day on which the batch arrives; null: it is in the warehouse. What was promised before.
             * @example 2031-01-15
             */
            previousEta: string | null;
            /**
             * @description The priority of the line: larger is served first; 0 as a rule.
             * @example 0
             */
            priority: number;
            /**
             * @description Whether the line waits when no batch can take it.
             * @example false
             */
            wait: boolean;
            /**
             * @description The age of the line: the number of the event that first told of it. Smaller is older.
             * @example 12
             */
            askedSequence: number;
            /**
             * Format: date-time
             * @description Until when the line is reserved. Null: it is not reserved.
             * @example 2031-01-15T12:00:00.000Z
             */
            expiresAt: string | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
