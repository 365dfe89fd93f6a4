// Written by `npm run documents`.
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is the process up?
         * @description Says nothing about the database: a restart of the service would not mend that.
         */
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Can the service do its work?
         * @description It can when the database answers within a second and takes writes, and it is not about to stop.
         */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a type of problem means
         * @description A text for people: the title of the type, and what to do about it.
         */
        get: operations["explainProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the metrics of this instance
         * @description In the text format of Prometheus. What each means: docs/operations.md.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys
         * @description Those created first come first; those that were revoked are among them.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create a key
         * @description The secret in the answer is shown this once. From the first key on, every request needs one that asks for a scope.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a key
         * @description Its scopes, until when it is good, and when it was used last.
         */
        get: operations["getKey"];
        put?: never;
        post?: never;
        /**
         * Revoke a key
         * @description Nobody gets in with it any more, here at once and on other instances within a second; what they follow ends.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/keys/{id}/rotate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give a key a new secret
         * @description The new one is in the answer, and is shown this once. The one before it is good for a while, too, so that its owner can change over at any moment.
         */
        post: operations["rotateKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/readers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who reads the log of events, and how far each has come
         * @description Handlers of events, the broker and endpoints of webhooks, by name.
         */
        get: operations["listReaders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/readers/{name}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have a reader read the log again
         * @description Events come to it once more, whatever became of them before.
         */
        post: operations["replayReader"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the batches, of a SKU or all
         * @description Those of a SKU in the order in which they serve lines: the warehouse first, then by ETA; a tie goes to the batch created first. An unknown SKU has none. Without a SKU, all batches by reference, or those that are overdue.
         */
        get: operations["listBatches"];
        put?: never;
        /**
         * Record a batch of stock
         * @description The first batch of a SKU makes the SKU known. A batch that exists already with the same content stays as it is: with what it was created with, whatever happened to it since, or with what it holds now.
         */
        post: operations["createBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{ref}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a batch
         * @description Its ETag may be sent with a change of the batch, as If-Match.
         */
        get: operations["getBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change how many pieces a batch holds, or when it arrives
         * @description Lines that no longer fit are displaced, the lowest priority first, then the newest, and allocated anew to other batches as far as these suffice. When the batch arrives later than another one that could serve a line, the line moves there; with both, this is done first. Both are set, not added to: a repetition that comes late sets them back, unless `If-Match` says what you know.
         */
        patch: operations["changeBatch"];
        trace?: never;
    };
    "/v1/batches/{ref}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain what a change of a batch would mean to lines
         * @description What `PATCH` with the same body would do at this moment, or with `arrived` the call that records its arrival, without doing it: which lines would lose their pieces or get another day, and where each would be then; and which would be served that wait.
         */
        post: operations["explainBatchChange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{ref}/arrive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that a batch has arrived
         * @description It is in the warehouse from now on, with as many pieces as came. Sent again, it changes nothing. With a quantity that the batch does not have by then it is refused, with the one that came as well if that was adjusted since: adjustments are what changes it from then on.
         */
        post: operations["recordArrival"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{ref}/adjustments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Adjust how many pieces a batch holds, and say why
         * @description **Sent again, it is done twice**, unless `If-Match` says what you know. What becomes of lines is as with a change of the quantity.
         */
        post: operations["adjustStock"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allocate an order line
         * @description The line goes whole into one batch: from the warehouse first, then from the earliest shipment. When no batch can take it, this too is a 202, and its Location shows the line as out of stock, or as waiting if it asked for that. Sent again, it changes nothing while the line is allocated; a line that was given back meanwhile is allocated anew. With `reserveFor` the line is held for that time only: sent again it is held for longer, never shorter, and without `reserveFor` it is confirmed.
         */
        post: operations["allocate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Explain what would happen to an order line
         * @description The answer to the same request to allocate, as it would be at this moment, and why: each batch in the order in which they serve lines, with its verdict. Nothing is changed.
         */
        post: operations["explain"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/{orderId}/{sku}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm a reserved order line
         * @description The line is allocated, in the batch that it has. One that waits is allocated for good when its turn comes; one that is allocated already stays so.
         */
        post: operations["confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/{orderId}/{sku}/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that an order line left the warehouse
         * @description This is final: the line can be given back no more. The second time it changes nothing.
         */
        post: operations["dispatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/{orderId}/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Deallocate an order line
         * @description Its pieces go back to the batch; a line that waits leaves the wait-list. The second time there is nothing to give back: 404.
         */
        delete: operations["deallocate"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/{orderId}/{sku}/reallocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Move an order line to the best batch of now
         * @description The line stays where it is when no other batch that can take it comes first.
         */
        post: operations["reallocate"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allocate many order lines
         * @description Takes up to 1000 items. Each succeeds or fails alone; items of one SKU are carried out in their order. The answer has one result for each item, in the order of the items, and an item that failed with 503 may be sent again. When the service as a whole could not take in all items, since it is overloaded or its database is away, the answer is 503: send all items again. Those that were carried out are not carried out twice.
         */
        post: operations["allocateMany"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record many batches of stock
         * @description Takes up to 1000 items. Each succeeds or fails alone; items of one SKU are carried out in their order. The answer has one result for each item, in the order of the items, and an item that failed with 503 may be sent again. When the service as a whole could not take in all items, since it is overloaded or its database is away, the answer is 503: send all items again. Those that were carried out are not carried out twice.
         */
        post: operations["createManyBatches"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/add_batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record a batch of stock
         * @description What `POST /v1/batches` does, answered as the service of the book answers.
         */
        post: operations["addBatch"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/allocate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Allocate an order line
         * @description What `POST /v1/allocations` does, answered as the service of the book answers.
         */
        post: operations["allocateLine"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/asyncapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Describe the messages that go in and out
         * @description An AsyncAPI 3 document.
         */
        get: operations["getAsyncApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List events that a handler failed on for the last time
         * @description The newest first. Mend the cause, then replay them.
         */
        get: operations["listDeadLetters"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver all dead letters again
         * @description With as many attempts as the first time.
         */
        post: operations["replayDeadLetters"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/dead-letters/{handler}/{eventId}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Deliver one dead letter again
         * @description With as many attempts as the first time. Later events of its SKU may have been delivered before it.
         */
        post: operations["replayDeadLetter"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{ref}/allocations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the lines that a batch serves
         * @description By order.
         */
        get: operations["listAllocationsOfBatch"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/skus": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the SKUs, and what is left of each
         * @description Every SKU of which a batch was ever created.
         */
        get: operations["listSkus"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/out-of-stock": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the SKUs that are out of stock
         * @description Those of which no batch, neither in the warehouse nor on its way, has anything left.
         */
        get: operations["listOutOfStock"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/allocations/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at the lines of an order
         * @description Every line that was ever allocated or out of stock, and how it stands now.
         */
        get: operations["getAllocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/availability/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What there is of a SKU, and when
         * @description With `qty` also whether and when so many pieces can be promised: a line goes whole into one batch, the warehouse first and then the earliest. A quantity that no batch has is split into lines that can be had. Nothing is reserved by asking. It is the answer that a line would get that is asked for now: what was reserved for longer than that is free, and whoever waits has had it first.
         */
        get: operations["getAvailability"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/availability": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * When the items of a basket can be had
         * @description Each item is answered as if lines were asked for in the order of the items, so that no two count on the same pieces. What no batch has alone is split into lines that can be had. And the basket has a day on which everything is there. A bad item fails alone. Nothing is reserved.
         */
        post: operations["getBasketAvailability"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/batches/{ref}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the movements of a batch
         * @description Every change of what the batch has, the newest first, for as long as events are kept. While all of its events are, they add up to the pieces that have not left it.
         */
        get: operations["listMovements"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/skus/{sku}/promises": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the lines that pieces of a SKU are promised to
         * @description Those that have not left the warehouse, in the order in which their batches serve lines. An unknown SKU has none.
         */
        get: operations["listPromises"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/skus/{sku}/movements": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the movements of all batches of a SKU
         * @description Every change of what its batches have, the newest first, for as long as events are kept. While all of its events are, they add up to the pieces that have not left. An unknown SKU has none.
         */
        get: operations["listMovementsOfSku"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find a SKU, a batch, an order or an event by what one has in hand
         * @description Names are found as they are typed, and all in capitals or in small letters.
         */
        get: operations["find"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/waiting": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the lines that wait for a SKU
         * @description The highest priority first, then the oldest. Places are counted from the first page on; who leaves the list meanwhile leaves a gap.
         */
        get: operations["listWaiting"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/allocations/{orderid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at the allocated lines of an order
         * @description SKU and batch of each line. `GET /v1/allocations/{orderId}` says more, and knows lines that wait, too.
         */
        get: operations["viewAllocations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what happened, in the order of the log
         * @description All events of all SKUs in one order that everyone sees alike, in which nothing ever appears behind a `next` that was answered. No events: there are none yet. Ask again with the new `next`; with `wait` the answer is held until one comes.
         */
        get: operations["listEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow what happens, as Server-Sent Events
         * @description The same events, each with its type as `event`, its cursor as `id` and the CloudEvent as `data`, for as long as the connection lasts; a comment every 15 seconds keeps it alive. Browsers go on by themselves after the last id; others send it as `Last-Event-ID`, or as `after`.
         */
        get: operations["streamEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/events/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at an event
         * @description By its id, as webhooks and the feed tell it, once it has its place in the log.
         */
        get: operations["getEvent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Place an order
         * @description All of its lines, or none: each is reserved, then all are confirmed; if one is short, all are given back, and the answer (409) names each that is short. With `partial` the lines that can be had are taken, if there is one; each line is taken whole or not at all. With `wait` the others wait. With `reserveFor` the order is held for that time only, until it is confirmed. Sent again with the same content it changes nothing (200), whatever became of it; only one that was short is tried anew.
         */
        post: operations["placeOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at an order
         * @description Its lines as they stand now, whoever changed them, and what that makes of the order.
         */
        get: operations["getOrder"];
        put?: never;
        post?: never;
        /**
         * Cancel an order
         * @description All that is held for it is given back. One that is closed already stays as it is.
         */
        delete: operations["cancelOrder"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Confirm a reserved order
         * @description All of its lines are held for good. If the reservation of one has run out, all are given back. One that is confirmed already stays so.
         */
        post: operations["confirmOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/dispatch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Record that an order left the warehouse
         * @description All lines that are held for it, each of which must be allocated from a batch in the warehouse. This is final. The second time it changes nothing.
         */
        post: operations["dispatchOrder"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/orders/{orderId}/lines/{sku}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /**
         * Change the quantity of a line of an order
         * @description The line gets the batch that a new line of so many pieces would get, with what it has itself counted as free. If none can take it (409), it keeps what it has.
         */
        patch: operations["changeLineOfOrder"];
        trace?: never;
    };
    "/v1/customers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at a customer
         * @description The third order makes him a VIP. Orders that were refused do not count; cancelled ones do.
         */
        get: operations["getCustomer"];
        put?: never;
        post?: never;
        /**
         * Forget a customer
         * @description His address, his count of orders and that he is a VIP are taken away for good. His orders stay, and keep his id alone. The next order that names him begins anew.
         */
        delete: operations["forgetCustomer"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the endpoints of webhooks
         * @description Those created first come first.
         */
        get: operations["listWebhooks"];
        put?: never;
        /**
         * Have events sent to an endpoint
         * @description What happens from now on is posted to it as CloudEvents, signed by Standard Webhooks with the secret in the answer, which is shown this once. The events of a SKU come in order, each at least once: remember ids, or sequences.
         */
        post: operations["createWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Look at an endpoint of webhooks
         * @description What it asks for, and whether it is enabled. Its secret is shown when it is created or rotated, and never again.
         */
        get: operations["getWebhook"];
        put?: never;
        post?: never;
        /**
         * Send nothing to an endpoint any more
         * @description It is forgotten.
         */
        delete: operations["deleteWebhook"];
        options?: never;
        head?: never;
        /**
         * Change an endpoint of webhooks
         * @description What is left out stays as it is. It takes effect within three seconds.
         */
        patch: operations["changeWebhook"];
        trace?: never;
    };
    "/v1/webhooks/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test to an endpoint
         * @description One event of type `webhooks.Test.v1`, once and at once. The answer says what became of it.
         */
        post: operations["testWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent to an endpoint
         * @description Each attempt with what became of it, the newest first.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/webhooks/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send events to an endpoint again
         * @description Those after a position, or from a time on; what is still to be sent follows in order. One of the two has to be given.
         */
        post: operations["replayWebhook"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is signed in with this browser
         * @description By the cookie of the session alone.
         */
        get: operations["getSession"];
        put?: never;
        /**
         * Sign in with a key
         * @description The key goes into a cookie that the browser sends along until it is closed, and that no script can read.
         */
        post: operations["createSession"];
        /**
         * Sign out
         * @description The browser forgets its key, which stays good.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/overview": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What needs a person now, and how the service does
         * @description As of a second ago at most, for as long as that takes little of the time. What asks for the scope `admin` is there for a key that has it.
         */
        get: operations["getOverview"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who changed what
         * @description Every event with the key by which it was caused, the newest first, as soon as it is numbered in the log and for as long as events are kept. With a filter a page may have few items or none although more follow: go on until `next` is null.
         */
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A problem (RFC 9457). Some types have members of their own besides these. */
        Problem: {
            /**
             * Format: uri-reference
             * @description Which problem it is. Compare this, not the title.
             */
            type: string;
            /** @description The same for every problem of the type. */
            title: string;
            /** @description The status of the answer. */
            status: number;
            /** @description What is wrong this time. */
            detail: string;
            /**
             * Format: uri-reference
             * @description The id of the request, percent-encoded.
             */
            instance: string;
            /** @description Every field that breaks the syntax. */
            errors?: {
                field: string;
                /** @description What the field must be. */
                message: string;
            }[];
        } & {
            [key: string]: unknown;
        };
        BookProblem: {
            /** @description The detail, where clients of the book look for it. It is missing where the request could not even be read. */
            message?: string;
        } & components["schemas"]["Problem"];
        BookMessage: {
            message: string;
        };
        Check: {
            /** @enum {string} */
            status: "up" | "down";
            /** @description What is wrong. */
            message?: string;
            /** @description In milliseconds. */
            responseTime?: number;
        };
        KeyRequest: {
            /**
             * @description Whom the key is for.
             * @example shop
             */
            name: string;
            /**
             * @description What the key may do. `admin` contains the others.
             * @example [
             *       "orders",
             *       "read"
             *     ]
             */
            scopes: ("read" | "orders" | "stock" | "metrics" | "admin")[];
            /**
             * Format: date-time
             * @description From when on it is good no more; null: it is good until it is revoked.
             * @example 2031-01-31T12:00:00Z
             */
            expiresAt?: string | null;
        };
        KeyWithSecretView: {
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            id: string;
            /** @example shop */
            name: string;
            /**
             * @example [
             *       "orders",
             *       "read"
             *     ]
             */
            scopes: ("read" | "orders" | "stock" | "metrics" | "admin")[];
            /**
             * @description The last characters of its secret, to recognise it by.
             * @example 3f9c
             */
            lastFour: string;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description From when on it is good no more; null: it does not expire.
             * @example null
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it got the secret that it has; null: when it was created.
             * @example null
             */
            rotatedAt: string | null;
            /**
             * Format: date-time
             * @description Until when the secret of before is good, too; null: it is not.
             * @example null
             */
            previousUntil: string | null;
            /**
             * Format: date-time
             * @description When it was revoked; null: it was not.
             * @example null
             */
            revokedAt: string | null;
            /**
             * Format: date-time
             * @description When it was used last, to a minute; null: it never was.
             * @example null
             */
            lastUsedAt: string | null;
            /**
             * @description What is sent as `Authorization: Bearer …`. It is shown this once.
             * @example sak_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
             */
            key: string;
        };
        KeyView: {
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            id: string;
            /** @example shop */
            name: string;
            /**
             * @example [
             *       "orders",
             *       "read"
             *     ]
             */
            scopes: ("read" | "orders" | "stock" | "metrics" | "admin")[];
            /**
             * @description The last characters of its secret, to recognise it by.
             * @example 3f9c
             */
            lastFour: string;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description From when on it is good no more; null: it does not expire.
             * @example null
             */
            expiresAt: string | null;
            /**
             * Format: date-time
             * @description When it got the secret that it has; null: when it was created.
             * @example null
             */
            rotatedAt: string | null;
            /**
             * Format: date-time
             * @description Until when the secret of before is good, too; null: it is not.
             * @example null
             */
            previousUntil: string | null;
            /**
             * Format: date-time
             * @description When it was revoked; null: it was not.
             * @example null
             */
            revokedAt: string | null;
            /**
             * Format: date-time
             * @description When it was used last, to a minute; null: it never was.
             * @example null
             */
            lastUsedAt: string | null;
        };
        KeyPage: {
            items: components["schemas"]["KeyView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        KeyRotationRequest: {
            /**
             * @description For how many seconds the secret of before is good, too; 86400 (a day) when left out, and 0 for not at all.
             * @example 86400
             */
            overlap?: number;
        };
        ReaderView: {
            /** @example stock-alerts */
            name: string;
            /**
             * @example handler
             * @enum {string}
             */
            kind: "handler" | "broker" | "webhook";
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            registeredAt: string;
            /**
             * Format: date-time
             * @description When an instance of the service last read for it.
             * @example 2030-01-31T12:00:00.000Z
             */
            seenAt: string;
            /**
             * @description How far it has read the log: everything up to this position has reached it, or is failing.
             * @example 4711
             */
            position: number;
            /**
             * @description Events that it has still to read.
             * @example 0
             */
            lag: number;
            /**
             * @description Events that it failed on and gets again; 10,000 at most.
             * @example 0
             */
            failing: number;
            /**
             * @description Events that it failed on for the last time; 10,000 at most.
             * @example 0
             */
            deadLetters: number;
        };
        ReaderList: {
            items: components["schemas"]["ReaderView"][];
        };
        ReplayRequest: {
            /**
             * Format: date-time
             * @description Events from then on. All that are retained when left out.
             * @example 2030-01-31T12:00:00Z
             */
            since?: string;
        };
        ReplayedEvents: {
            /**
             * @description Events that it gets again, of all types.
             * @example 4711
             */
            events: number;
        };
        BatchRequest: {
            /**
             * @description The reference of the batch, unique among all batches of all SKUs.
             * @example batch-001
             */
            ref: string;
            /**
             * @description The product.
             * @example SMALL-TABLE
             */
            sku: string;
            /**
             * @description Pieces bought.
             * @example 100
             */
            qty: number;
            /**
             * Format: date
             * @description The day of arrival. Null or absent: the batch is in the warehouse.
             * @example 2030-01-31
             */
            eta?: string | null;
        };
        BatchChangeRequest: {
            /**
             * @description Pieces that the batch holds now. 0: the whole shipment is lost.
             * @example 80
             */
            qty?: number;
            /**
             * Format: date
             * @description The new day of arrival of a batch in transit. Null is no day: an arrival is recorded by its own call.
             * @example 2030-02-28
             */
            eta?: string | null;
        };
        BatchExplainRequest: {
            /**
             * @description Pieces that the batch holds now. 0: the whole shipment is lost.
             * @example 80
             */
            qty?: number;
            /**
             * Format: date
             * @description The new day of arrival of a batch in transit. Null is no day: an arrival is recorded by its own call.
             * @example 2030-02-28
             */
            eta?: string | null;
            /**
             * @description Whether it is asked what it would mean if the batch had arrived.
             * @example false
             */
            arrived?: boolean;
        };
        ChangedPromiseView: {
            /** @example order-001 */
            orderId: string;
            /** @example 10 */
            qty: number;
            /** @description What it has now; null when it waits. */
            before: {
                /** @example batch-001 */
                batchRef: string;
                /**
                 * Format: date
                 * @description The day on which the batch arrives; null: it is in the warehouse.
                 * @example 2030-01-31
                 */
                eta: string | null;
            } | null;
            /**
             * @description How it would stand.
             * @example allocated
             * @enum {string}
             */
            state: "reserved" | "allocated" | "waiting" | "out of stock";
            /** @description What it would have; null: nothing. */
            after: {
                /** @example batch-001 */
                batchRef: string;
                /**
                 * Format: date
                 * @description The day on which the batch arrives; null: it is in the warehouse.
                 * @example 2030-01-31
                 */
                eta: string | null;
            } | null;
        };
        BatchChangeExplanationView: {
            lines: components["schemas"]["ChangedPromiseView"][];
            /**
             * @description Whether there are more.
             * @example false
             */
            more: boolean;
        };
        ArrivalRequest: {
            /**
             * @description Pieces that came; left out: as many as were expected.
             * @example 80
             */
            qty?: number;
        };
        AdjustmentRequest: {
            /**
             * @description Pieces more than were known, or fewer when negative.
             * @example -2
             */
            delta: number;
            /**
             * @description Why.
             * @example damaged
             * @enum {string}
             */
            reason: "damaged" | "lost" | "found" | "returned" | "counted" | "supplier";
            /**
             * @description What else is to be known about it.
             * @example Two legs are broken
             */
            note?: string;
        };
        LineRequest: {
            /**
             * @description The order. Within a SKU it identifies the line.
             * @example order-001
             */
            orderId: string;
            /**
             * @description The product.
             * @example SMALL-TABLE
             */
            sku: string;
            /**
             * @description Pieces wanted, all of them from one batch.
             * @example 10
             */
            qty: number;
            /**
             * @description Larger is served first in shortages and on the wait-list.
             * @example 0
             */
            priority?: number;
            /**
             * @description Whether the line waits for pieces when no batch can take it.
             * @example false
             */
            wait?: boolean;
            /**
             * @description Seconds for which the line is held, to be confirmed meanwhile; left out: it is wanted for good.
             * @example 900
             */
            reserveFor?: number;
        };
        ExplainRequest: {
            /**
             * @description The order, if there is one already.
             * @example order-001
             */
            orderId?: string;
            /**
             * @description The product.
             * @example SMALL-TABLE
             */
            sku: string;
            /**
             * @description Pieces wanted, all of them from one batch.
             * @example 10
             */
            qty: number;
            /**
             * @description Larger is served first in shortages and on the wait-list.
             * @example 0
             */
            priority?: number;
            /**
             * @description Whether the line waits for pieces when no batch can take it.
             * @example false
             */
            wait?: boolean;
            /**
             * @description Seconds for which the line is held, to be confirmed meanwhile; left out: it is wanted for good.
             * @example 900
             */
            reserveFor?: number;
        };
        ConsideredView: {
            /** @example batch-001 */
            batchRef: string;
            /**
             * Format: date
             * @description Null: the batch is in the warehouse.
             * @example null
             */
            eta: string | null;
            /**
             * @description Pieces that it has left.
             * @example 3
             */
            available: number;
            /**
             * @description `taken`, `not reached`, or `too few` with what there is of what is wanted.
             * @example too few: 3 of 10
             */
            verdict: string;
        };
        ExplanationView: {
            /**
             * @description How the line would stand.
             * @example waiting
             * @enum {string}
             */
            outcome: "reserved" | "allocated" | "waiting" | "dispatched" | "out of stock";
            /**
             * @description The batch that would serve it; null: none.
             * @example null
             */
            batchRef: string | null;
            /**
             * Format: date
             * @description The day on which that batch arrives; null: it is in the warehouse, or there is none.
             * @example null
             */
            eta: string | null;
            /**
             * @description Which one it would be on the wait-list, if it waited; null when a batch would serve it.
             * @example 1
             */
            place: number | null;
            /** @description The batches in the order in which they serve lines; none for a line that has a batch or waits already. */
            considered: components["schemas"]["ConsideredView"][];
        };
        BulkLines: {
            items: components["schemas"]["LineRequest"][];
        };
        LineResult: {
            /** @example 202 */
            status: number;
            /**
             * @description Where to look, on success.
             * @example /v1/allocations/order-001
             */
            location?: string;
            /** @description On failure. */
            problem?: components["schemas"]["Problem"];
            /**
             * @description How the line stands now, on success; also when it stood so before.
             * @example allocated
             * @enum {string}
             */
            outcome?: "reserved" | "allocated" | "waiting" | "dispatched" | "out of stock";
            /**
             * @description The batch that serves the line; null when it is out of stock or waits. On success.
             * @example batch-001
             */
            batchRef?: string | null;
            /**
             * Format: date
             * @description The day on which that batch arrives; null: it is in the warehouse. On success.
             * @example 2030-01-31
             */
            eta?: string | null;
            /**
             * Format: date-time
             * @description Until when the line is held, when it is reserved.
             * @example 2030-01-01T12:15:00.000Z
             */
            expiresAt?: string;
            /**
             * @description Its place on the wait-list once all items are carried out, when it waits: 1 is the next.
             * @example 1
             */
            place?: number;
        };
        LineResults: {
            /** @description One for each item, in the order of the items. */
            results: components["schemas"]["LineResult"][];
        };
        BulkBatches: {
            items: components["schemas"]["BatchRequest"][];
        };
        BatchResult: {
            /** @example 202 */
            status: number;
            /**
             * @description Where to look, on success.
             * @example /v1/allocations/order-001
             */
            location?: string;
            /** @description On failure. */
            problem?: components["schemas"]["Problem"];
            /**
             * @description Whether the batch was created, or exists already with the same content. On success.
             * @example created
             * @enum {string}
             */
            outcome?: "created" | "exists already";
        };
        BatchResults: {
            /** @description One for each item, in the order of the items. */
            results: components["schemas"]["BatchResult"][];
        };
        BookLineRequest: {
            /**
             * @description The order. Within a SKU it identifies the line.
             * @example order-001
             */
            orderid: string;
            /**
             * @description The product.
             * @example SMALL-TABLE
             */
            sku: string;
            /**
             * @description Pieces wanted, all of them from one batch.
             * @example 10
             */
            qty: number;
        };
        DeadLetterView: {
            /** @example stock-alerts */
            handler: string;
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            eventId: string;
            /** @example OutOfStock */
            type: string;
            /** @example SMALL-TABLE */
            sku: string;
            /**
             * @description The number of the event among those of its SKU.
             * @example 3
             */
            sequence: number;
            /**
             * @description How often the handler failed on it.
             * @example 12
             */
            attempts: number;
            /**
             * @description How it failed the last time.
             * @example connect ECONNREFUSED 127.0.0.1:25
             */
            error: string;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            diedAt: string;
        };
        DeadLetterList: {
            items: components["schemas"]["DeadLetterView"][];
        };
        Replayed: {
            /**
             * @description Dead letters that are tried again.
             * @example 2
             */
            replayed: number;
        };
        BatchView: {
            /** @example batch-001 */
            ref: string;
            /** @example SMALL-TABLE */
            sku: string;
            /**
             * Format: date
             * @description The day of arrival; null: the batch is in the warehouse.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * Format: date
             * @description For which day it was expected last, also when it has arrived; null: it was never in transit.
             * @example 2030-01-31
             */
            expectedEta: string | null;
            /** @example 100 */
            purchasedQuantity: number;
            /** @example 10 */
            allocatedQuantity: number;
            /**
             * @description Purchased minus allocated.
             * @example 90
             */
            availableQuantity: number;
            /**
             * @description Those of the allocated ones that have left it.
             * @example 0
             */
            dispatchedQuantity: number;
            /**
             * @description The newest event of the SKU that concerned the batch; events up to it are shown here.
             * @example 42
             */
            sequence: number;
        };
        BatchPage: {
            items: components["schemas"]["BatchView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        BatchLineView: {
            /** @example order-001 */
            orderId: string;
            /** @example 10 */
            qty: number;
            /**
             * @description Reserved, allocated or dispatched.
             * @example allocated
             * @enum {string}
             */
            state: "reserved" | "allocated" | "waiting" | "dispatched" | "out of stock" | "deallocated" | "expired";
            /**
             * Format: date-time
             * @description Since when it is served.
             * @example 2030-01-01T12:00:00.000Z
             */
            changedAt: string;
            /**
             * @description The event of the SKU that changed it last.
             * @example 42
             */
            sequence: number;
        };
        BatchLinePage: {
            items: components["schemas"]["BatchLineView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        StockOfSku: {
            /** @example SMALL-TABLE */
            sku: string;
            /**
             * @description Pieces left in all batches.
             * @example 90
             */
            available: number;
            /**
             * @description How many events the SKU has had; all of them are shown here.
             * @example 42
             */
            sequence: number;
        };
        StockPage: {
            items: components["schemas"]["StockOfSku"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        SkuView: {
            /** @example SMALL-TABLE */
            sku: string;
        };
        SkuPage: {
            items: components["schemas"]["SkuView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        LineView: {
            /** @example SMALL-TABLE */
            sku: string;
            /** @example 10 */
            qty: number;
            /**
             * @example allocated
             * @enum {string}
             */
            state: "reserved" | "allocated" | "waiting" | "dispatched" | "out of stock" | "deallocated" | "expired";
            /**
             * @description The batch that serves the line; null when it is not allocated.
             * @example batch-001
             */
            batchRef: string | null;
            /**
             * Format: date
             * @description The day on which that batch arrives; null: it is in the warehouse.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * @description Larger is served first; null when the line is out of stock or deallocated.
             * @example 0
             */
            priority: number | null;
            /**
             * Format: date-time
             * @description Until when the line is held; null when it is not reserved.
             * @example null
             */
            expiresAt: string | null;
            /**
             * @description Which one it is on the wait-list: 1 is the next; null when it does not wait.
             * @example null
             */
            place: number | null;
            /**
             * Format: date-time
             * @description When the line last changed.
             * @example 2030-01-01T12:00:00.000Z
             */
            changedAt: string;
            /**
             * @description The event of the SKU that changed it last.
             * @example 42
             */
            sequence: number;
        };
        AllocationsOfOrder: {
            /** @example order-001 */
            orderId: string;
            lines: components["schemas"]["LineView"][];
        };
        ArrivalView: {
            /**
             * Format: date
             * @description The day of arrival; null: in the warehouse.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * @description Pieces left in the batches of that day.
             * @example 90
             */
            available: number;
            /**
             * @description The same with all batches of earlier days.
             * @example 90
             */
            cumulative: number;
            /**
             * @description Pieces of that day that lines hold for a while.
             * @example 4
             */
            reserved: number;
            /**
             * @description Pieces of that day that lines hold for good.
             * @example 6
             */
            allocated: number;
            /**
             * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
             * @example false
             */
            overdue: boolean;
        };
        WaitListSize: {
            /**
             * @description Lines on the wait-list.
             * @example 2
             */
            lines: number;
            /**
             * @description Pieces that they want together.
             * @example 25
             */
            pieces: number;
        };
        QuoteView: {
            /**
             * @description Pieces wanted.
             * @example 10
             */
            qty: number;
            /**
             * @description Whether there is a batch with so many left.
             * @example true
             */
            canPromise: boolean;
            /**
             * @description The batch that a line would get now.
             * @example batch-001
             */
            batchRef: string | null;
            /**
             * Format: date
             * @description The earliest day; null: from the warehouse, or not at all.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
             * @example false
             */
            overdue: boolean;
        };
        SplitLineView: {
            /** @example batch-001 */
            batchRef: string;
            /**
             * Format: date
             * @description The day of arrival; null: in the warehouse.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * @description Pieces.
             * @example 10
             */
            qty: number;
            /**
             * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
             * @example false
             */
            overdue: boolean;
        };
        AvailabilityOfSku: {
            /** @example SMALL-TABLE */
            sku: string;
            /**
             * @description Pieces left in the warehouse.
             * @example 0
             */
            availableNow: number;
            /**
             * @description Pieces left in all batches.
             * @example 90
             */
            available: number;
            /** @description By day of arrival, the warehouse first. */
            schedule: components["schemas"]["ArrivalView"][];
            /**
             * @description The newest event of the SKU that these batches show; 0 when nothing is left. Whoever goes on from here applies the events after it.
             * @example 42
             */
            sequence: number;
            /**
             * @description Pieces that lines hold for a while: in total, like those that follow, and so also of days that are not in the schedule because nothing of them is left.
             * @example 4
             */
            reserved: number;
            /**
             * @description Pieces that lines hold for good, and that have not left.
             * @example 6
             */
            allocated: number;
            /**
             * @description Pieces that have not arrived, whether somebody was promised them or not.
             * @example 100
             */
            inTransit: number;
            /**
             * @description Those of them that should have arrived before today (in UTC).
             * @example 0
             */
            overdue: number;
            /** @description The wait-list. None of its lines fits into a batch as it stands. */
            waiting: components["schemas"]["WaitListSize"];
            /** @description For the `qty` that was asked for; null without one. */
            promise: {
                /**
                 * @description Pieces wanted.
                 * @example 10
                 */
                qty: number;
                /**
                 * @description Whether there is a batch with so many left.
                 * @example true
                 */
                canPromise: boolean;
                /**
                 * @description The batch that a line would get now.
                 * @example batch-001
                 */
                batchRef: string | null;
                /**
                 * Format: date
                 * @description The earliest day; null: from the warehouse, or not at all.
                 * @example 2030-01-31
                 */
                eta: string | null;
                /**
                 * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
                 * @example false
                 */
                overdue: boolean;
            } | null;
            /** @description When no batch has so many pieces: the lines in which they can be had; else null. */
            split: {
                /** @description The lines to ask for, in this order, the earliest first, each with an `orderId` of its own: an order has one line of a SKU. Each then gets the batch that is named here. */
                lines: components["schemas"]["SplitLineView"][];
                /**
                 * @description Pieces that all batches together have too few.
                 * @example 0
                 */
                missing: number;
                /**
                 * Format: date
                 * @description The day of the last line; null: all are in the warehouse.
                 * @example 2030-01-31
                 */
                eta: string | null;
                /**
                 * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
                 * @example false
                 */
                overdue: boolean;
            } | null;
        };
        BasketItem: {
            /**
             * @description The product.
             * @example SMALL-TABLE
             */
            sku: string;
            /**
             * @description Pieces wanted, all of them from one batch.
             * @example 10
             */
            qty: number;
        };
        Basket: {
            items: components["schemas"]["BasketItem"][];
        };
        BasketResult: {
            /** @example 200 */
            status: number;
            /**
             * @description What would become of a line of so many pieces now, on success.
             * @example allocated
             * @enum {string}
             */
            outcome?: "allocated" | "out of stock";
            /** @description On success. */
            promise?: components["schemas"]["QuoteView"];
            /** @description On success, when no batch has so many pieces: the lines in which they can be had, of what is left when all items have had theirs that can be had in one; else null. */
            split?: {
                /** @description The lines to ask for, in this order, the earliest first, each with an `orderId` of its own: an order has one line of a SKU. Each then gets the batch that is named here. */
                lines: components["schemas"]["SplitLineView"][];
                /**
                 * @description Pieces that all batches together have too few.
                 * @example 0
                 */
                missing: number;
                /**
                 * Format: date
                 * @description The day of the last line; null: all are in the warehouse.
                 * @example 2030-01-31
                 */
                eta: string | null;
                /**
                 * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
                 * @example false
                 */
                overdue: boolean;
            } | null;
            /** @description On failure. */
            problem?: components["schemas"]["Problem"];
        };
        BasketQuote: {
            /**
             * @description Whether every item can be had, each in one line.
             * @example true
             */
            canPromise: boolean;
            /**
             * Format: date
             * @description The day on which the last one is there; null: all are in the warehouse, or some item cannot be had.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
             * @example false
             */
            overdue: boolean;
        };
        BasketAvailability: {
            /** @description One for each item, in the order of the items. */
            results: components["schemas"]["BasketResult"][];
            /** @description Of all items together. */
            promise: components["schemas"]["BasketQuote"];
            /** @description Of all items together, when some have to be split; null when none has to, or when one has no answer at all. */
            split: {
                /**
                 * @description Pieces that are missing all the same.
                 * @example 0
                 */
                missing: number;
                /**
                 * Format: date
                 * @description The day on which the last line is there; null: all are in the warehouse.
                 * @example 2030-01-31
                 */
                eta: string | null;
                /**
                 * @description Whether a day is over on which nobody has reported an arrival. The rules go on counting on that day; tell it no customer.
                 * @example false
                 */
                overdue: boolean;
            } | null;
        };
        MovementView: {
            /**
             * @description Pieces more; negative: fewer.
             * @example -2
             */
            pieces: number;
            /**
             * @example damaged
             * @enum {string}
             */
            reason: "purchased" | "quantity set" | "arrived" | "dispatched" | "damaged" | "lost" | "found" | "returned" | "counted" | "supplier";
            /** @example Two legs are broken */
            note: string | null;
            /**
             * @description The order with which the pieces left.
             * @example null
             */
            orderId: string | null;
            /**
             * @description The event of the SKU that it is.
             * @example 42
             */
            sequence: number;
            /**
             * Format: date-time
             * @example 2030-01-01T12:00:00.000Z
             */
            occurredAt: string;
        };
        MovementPage: {
            items: components["schemas"]["MovementView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        PromisedLineView: {
            /** @example order-001 */
            orderId: string;
            /** @example 10 */
            qty: number;
            /**
             * @description Allocated or reserved.
             * @example allocated
             * @enum {string}
             */
            state: "reserved" | "allocated" | "waiting" | "dispatched" | "out of stock" | "deallocated" | "expired";
            /** @example batch-001 */
            batchRef: string;
            /**
             * Format: date
             * @description The day on which the batch arrives; null: it is in the warehouse.
             * @example 2030-01-31
             */
            eta: string | null;
            /** @example 0 */
            priority: number;
            /**
             * Format: date-time
             * @description Until when a reserved line is held.
             * @example null
             */
            expiresAt: string | null;
        };
        ReservedView: {
            /** @example batch-001 */
            batchRef: string;
            /** @example 1 */
            lines: number;
            /** @example 4 */
            pieces: number;
        };
        PromiseList: {
            items: components["schemas"]["PromisedLineView"][];
            /**
             * @description Whether there are more; those of a batch are listed by that.
             * @example false
             */
            more: boolean;
            /** @description What is reserved of each batch of which something is. */
            reserved: components["schemas"]["ReservedView"][];
        };
        MovementOfSkuView: {
            /**
             * @description Pieces more; negative: fewer.
             * @example -2
             */
            pieces: number;
            /**
             * @example damaged
             * @enum {string}
             */
            reason: "purchased" | "quantity set" | "arrived" | "dispatched" | "damaged" | "lost" | "found" | "returned" | "counted" | "supplier";
            /** @example Two legs are broken */
            note: string | null;
            /**
             * @description The order with which the pieces left.
             * @example null
             */
            orderId: string | null;
            /**
             * @description The event of the SKU that it is.
             * @example 42
             */
            sequence: number;
            /**
             * Format: date-time
             * @example 2030-01-01T12:00:00.000Z
             */
            occurredAt: string;
            /** @example batch-001 */
            batchRef: string;
            /**
             * @description The request or message that it is due to.
             * @example my-first-order
             */
            correlationId: string;
        };
        MovementOfSkuPage: {
            items: components["schemas"]["MovementOfSkuView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        FoundView: {
            /**
             * @example batch
             * @enum {string}
             */
            kind: "sku" | "batch" | "order" | "event";
            /**
             * @description A SKU, the reference of a batch, an order, or the id of an event.
             * @example batch-001
             */
            id: string;
            /**
             * @description The SKU; null for an order, which may have several.
             * @example SMALL-TABLE
             */
            sku: string | null;
            /**
             * @description The type of an event.
             * @example null
             */
            type: string | null;
        };
        FoundList: {
            /** @description Five of a kind at most, by name. */
            items: components["schemas"]["FoundView"][];
        };
        WaitingView: {
            /** @example order-001 */
            orderId: string;
            /** @example 10 */
            qty: number;
            /**
             * @description Larger is served first.
             * @example 0
             */
            priority: number;
            /**
             * @description 1 is the next, if its pieces come free.
             * @example 1
             */
            place: number;
        };
        WaitingPage: {
            items: components["schemas"]["WaitingView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        BookLine: {
            /** @example SMALL-TABLE */
            sku: string;
            /** @example batch-001 */
            batchref: string;
        };
        CloudEventView: {
            /**
             * @description The version of CloudEvents.
             * @enum {string}
             */
            specversion: "1.0";
            /**
             * Format: uuid
             * @description The same however often and by whichever way the event comes.
             */
            id: string;
            /** @enum {string} */
            source: "/stock-allocation";
            /** @description The name of the event and the version of its data. */
            type: string;
            /** @description The SKU. */
            subject: string;
            /** Format: date-time */
            time: string;
            /** @description Counts the events of the SKU, from 1 and without gaps; padded with zeros. */
            sequence: string;
            /** @description The request or message that all of this began with. */
            correlationid: string;
            /** @description The request or message that caused this event. */
            causationid: string;
            /**
             * @description The trace that it belongs to (W3C Trace Context), if the request that caused it had one.
             * @example 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01
             */
            traceparent?: string;
            /** @enum {string} */
            datacontenttype: "application/json";
            /** @description What asyncapi.json says of the type. */
            data: {
                [key: string]: unknown;
            };
        };
        EventsPage: {
            /**
             * @example [
             *       {
             *         "specversion": "1.0",
             *         "id": "01990a5c-7e00-7000-8000-0123456789ab",
             *         "source": "/stock-allocation",
             *         "type": "allocation.Allocated.v3",
             *         "subject": "SMALL-TABLE",
             *         "time": "2030-01-01T12:00:00.000Z",
             *         "sequence": "0000000000000000042",
             *         "correlationid": "my-first-order",
             *         "causationid": "my-first-order",
             *         "datacontenttype": "application/json",
             *         "data": {
             *           "sku": "SMALL-TABLE",
             *           "orderId": "order-001",
             *           "qty": 10,
             *           "batchRef": "batch-001",
             *           "eta": null,
             *           "available": 90
             *         }
             *       }
             *     ]
             */
            events: components["schemas"]["CloudEventView"][];
            /**
             * @description Send it as `after` to go on. It is always there.
             * @example AZkKXH4AcACAAAEjRWeJqwAAAAAAAAAH
             */
            next: string;
        };
        LineOfOrderRequest: {
            /**
             * @description The product. An order names it once.
             * @example SMALL-TABLE
             */
            sku: string;
            /**
             * @description Pieces wanted, all of them from one batch.
             * @example 10
             */
            qty: number;
            /**
             * @description Larger is served first. Left out: 10 for a customer who is a VIP, 0 for others.
             * @example 0
             */
            priority?: number;
        };
        OrderRequest: {
            /**
             * @description The order, unique among all orders.
             * @example order-101
             */
            orderId: string;
            /** @description Who orders. */
            customer?: {
                /**
                 * @description The customer.
                 * @example customer-001
                 */
                id: string;
                /**
                 * Format: email
                 * @description Where he gets mails. Left out: it stays as it is.
                 * @example jo@example.com
                 */
                email?: string;
            } | null;
            lines: components["schemas"]["LineOfOrderRequest"][];
            /**
             * @description Whether the lines that can be had are taken, instead of all or nothing.
             * @example false
             */
            partial?: boolean;
            /**
             * @description Whether lines that cannot be had wait for pieces.
             * @example false
             */
            wait?: boolean;
            /**
             * @description Seconds for which the order is held, to be confirmed meanwhile; left out: it is wanted for good.
             * @example 900
             */
            reserveFor?: number;
        };
        LineOfOrderView: {
            /** @example SMALL-TABLE */
            sku: string;
            /** @example 10 */
            qty: number;
            /**
             * @description Larger is served first.
             * @example 0
             */
            priority: number;
            /**
             * @example allocated
             * @enum {string}
             */
            state: "reserved" | "allocated" | "waiting" | "dispatched" | "out of stock" | "deallocated" | "expired";
            /**
             * @description The batch that serves the line; null when none does.
             * @example batch-001
             */
            batchRef: string | null;
            /**
             * Format: date
             * @description The day on which that batch arrives; null: it is in the warehouse.
             * @example 2030-01-31
             */
            eta: string | null;
            /**
             * Format: date-time
             * @description Until when the line is held; null when it is not reserved.
             * @example null
             */
            expiresAt: string | null;
            /**
             * @description Which one it is on the wait-list: 1 is the next; null when it does not wait.
             * @example null
             */
            place: number | null;
        };
        OrderView: {
            /** @example order-101 */
            orderId: string;
            /**
             * @description The id of the customer; null when it has none.
             * @example customer-001
             */
            customerId: string | null;
            /**
             * @description What its lines say, whoever changed them: confirmed when each line that is held is held for good. While it is placing, nobody knows yet.
             * @example confirmed
             * @enum {string}
             */
            state: "placing" | "reserved" | "waiting" | "confirmed" | "dispatched" | "cancelled" | "expired" | "short";
            /** @description By SKU. */
            lines: components["schemas"]["LineOfOrderView"][];
        };
        QuantityRequest: {
            /**
             * @description Pieces wanted from now on, all of them from one batch.
             * @example 12
             */
            qty: number;
        };
        CustomerView: {
            /** @example customer-001 */
            id: string;
            /**
             * @description How many orders he has placed.
             * @example 3
             */
            orders: number;
            /**
             * @description Whether his lines have priority 10 unless an order says otherwise.
             * @example true
             */
            vip: boolean;
            /**
             * Format: date-time
             * @description Since when; null when he is none.
             * @example 2030-01-01T12:00:00.000Z
             */
            vipSince: string | null;
        };
        WebhookRequest: {
            /**
             * Format: uri
             * @description Where events are posted to: http or https, without a user and a password.
             * @example https://shop.example/stock-events
             */
            url: string;
            /**
             * @description The events that it wants, by name. Null: all.
             * @example [
             *       "Allocated",
             *       "Deallocated"
             *     ]
             */
            types?: ("BatchCreated" | "BatchQuantityChanged" | "StockAdjusted" | "BatchArrived" | "BatchEtaChanged" | "Allocated" | "Reserved" | "ReservationExtended" | "ReservationConfirmed" | "ReservationExpired" | "Deallocated" | "OutOfStock" | "Waitlisted" | "WaitCancelled" | "Dispatched" | "TermsChanged" | "PromiseChanged")[] | null;
            /**
             * @description The SKUs whose events it wants. Null: all.
             * @example [
             *       "SMALL-TABLE"
             *     ]
             */
            skus?: string[] | null;
        };
        CreatedWebhook: {
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            id: string;
            /**
             * Format: uri
             * @example https://shop.example/stock-events
             */
            url: string;
            /**
             * @description The events that it wants; null: all.
             * @example [
             *       "Allocated",
             *       "Deallocated"
             *     ]
             */
            types: string[] | null;
            /**
             * @description The SKUs whose events it wants; null: all.
             * @example null
             */
            skus: string[] | null;
            /** @example true */
            enabled: boolean;
            /**
             * @description Why the service disabled it: it answered 410, or took nothing for five days. Null: it is enabled, or somebody disabled it.
             * @example null
             * @enum {string|null}
             */
            disabledBecause: "gone" | "failing" | null;
            /**
             * Format: date-time
             * @description Since when it has taken nothing; null: it took what was sent last.
             * @example null
             */
            failingSince: string | null;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * @description Signs what is sent. It is shown this once.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw9rGhZCXjFU4=
             */
            secret: string;
        };
        WebhookView: {
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            id: string;
            /**
             * Format: uri
             * @example https://shop.example/stock-events
             */
            url: string;
            /**
             * @description The events that it wants; null: all.
             * @example [
             *       "Allocated",
             *       "Deallocated"
             *     ]
             */
            types: string[] | null;
            /**
             * @description The SKUs whose events it wants; null: all.
             * @example null
             */
            skus: string[] | null;
            /** @example true */
            enabled: boolean;
            /**
             * @description Why the service disabled it: it answered 410, or took nothing for five days. Null: it is enabled, or somebody disabled it.
             * @example null
             * @enum {string|null}
             */
            disabledBecause: "gone" | "failing" | null;
            /**
             * Format: date-time
             * @description Since when it has taken nothing; null: it took what was sent last.
             * @example null
             */
            failingSince: string | null;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            createdAt: string;
        };
        WebhookPage: {
            items: components["schemas"]["WebhookView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        WebhookChangeRequest: {
            /**
             * Format: uri
             * @description Where events are posted to: http or https, without a user and a password.
             * @example https://shop.example/stock-events
             */
            url?: string;
            /**
             * @description The events that it wants, by name. Null: all.
             * @example [
             *       "Allocated",
             *       "Deallocated"
             *     ]
             */
            types?: ("BatchCreated" | "BatchQuantityChanged" | "StockAdjusted" | "BatchArrived" | "BatchEtaChanged" | "Allocated" | "Reserved" | "ReservationExtended" | "ReservationConfirmed" | "ReservationExpired" | "Deallocated" | "OutOfStock" | "Waitlisted" | "WaitCancelled" | "Dispatched" | "TermsChanged" | "PromiseChanged")[] | null;
            /**
             * @description The SKUs whose events it wants. Null: all.
             * @example [
             *       "SMALL-TABLE"
             *     ]
             */
            skus?: string[] | null;
            /**
             * @description False: nothing is sent. True: it goes on where it stopped, and what failed is tried at once.
             * @example true
             */
            enabled?: boolean;
            /**
             * @description True: it gets a new secret, which is in the answer. For 24 hours the one before it signs, too, so that the receiver can change over at any moment.
             * @example false
             */
            rotateSecret?: boolean;
        };
        ChangedWebhook: {
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            id: string;
            /**
             * Format: uri
             * @example https://shop.example/stock-events
             */
            url: string;
            /**
             * @description The events that it wants; null: all.
             * @example [
             *       "Allocated",
             *       "Deallocated"
             *     ]
             */
            types: string[] | null;
            /**
             * @description The SKUs whose events it wants; null: all.
             * @example null
             */
            skus: string[] | null;
            /** @example true */
            enabled: boolean;
            /**
             * @description Why the service disabled it: it answered 410, or took nothing for five days. Null: it is enabled, or somebody disabled it.
             * @example null
             * @enum {string|null}
             */
            disabledBecause: "gone" | "failing" | null;
            /**
             * Format: date-time
             * @description Since when it has taken nothing; null: it took what was sent last.
             * @example null
             */
            failingSince: string | null;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            createdAt: string;
            /**
             * @description The new one, if it was rotated. It is shown this once.
             * @example whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw9rGhZCXjFU4=
             */
            secret?: string;
        };
        TestedWebhook: {
            /**
             * @description Whether the endpoint took it: it answered 200 to 299.
             * @example true
             */
            delivered: boolean;
            /**
             * @description Of the answer; null: there was none.
             * @example 204
             */
            status: number | null;
            /**
             * @description How long it took, in milliseconds.
             * @example 42
             */
            durationMs: number;
            /**
             * @description Why it was not taken, with the beginning of the answer; null: it was.
             * @example null
             */
            error: string | null;
        };
        DeliveryView: {
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            id: string;
            /**
             * Format: uuid
             * @description The event; the header `webhook-id` has the same.
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            eventId: string;
            /** @example Allocated */
            type: string;
            /** @example SMALL-TABLE */
            sku: string;
            /**
             * @description The number of the event among those of its SKU.
             * @example 3
             */
            sequence: number;
            /**
             * @description Counts the attempts for this event.
             * @example 1
             */
            attempt: number;
            /**
             * Format: date-time
             * @example 2030-01-31T12:00:00.000Z
             */
            at: string;
            /**
             * @description How long it took, in milliseconds.
             * @example 42
             */
            durationMs: number;
            /**
             * @description Of the answer; null: there was none.
             * @example 204
             */
            status: number | null;
            /**
             * @description Why it was not taken, with the beginning of the answer; null: it was.
             * @example null
             */
            error: string | null;
        };
        DeliveryPage: {
            items: components["schemas"]["DeliveryView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
        WebhookReplayRequest: {
            /**
             * @description A position of the feed of events: those after it.
             * @example AZm_jX4AcACAAAEjRWeJqwAAAAAAABJn
             */
            after?: string;
            /**
             * Format: date-time
             * @description Where there is no position: the events from then on.
             * @example 2030-01-31T12:00:00Z
             */
            since?: string;
        };
        ReplayedWebhook: {
            /**
             * @description Events that there are from there on; those among them that it wants come again.
             * @example 4711
             */
            events: number;
        };
        PanelView: {
            /** @example customers */
            name: string;
            /** @example Customers */
            title: string;
        };
        SessionView: {
            /**
             * @description Whom the key is for; null: the service has no keys yet, so that none is needed on this machine.
             * @example shop
             */
            name: string | null;
            /**
             * @description What may be done.
             * @example [
             *       "read"
             *     ]
             */
            scopes: ("read" | "orders" | "stock" | "metrics" | "admin")[];
            /** @description The panels that modules add to the board. */
            panels: components["schemas"]["PanelView"][];
        };
        SessionRequest: {
            /**
             * @description The secret of a key.
             * @example sak_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
             */
            key: string;
        };
        NoticeView: {
            /**
             * @description What it is about.
             * @example sku
             * @enum {string}
             */
            kind: "sku" | "batch" | "order" | "webhook" | "dead-letter" | "mail" | "reader";
            /**
             * @description Its name: a SKU, a reference, an order, or an id.
             * @example SMALL-TABLE
             */
            id: string;
            /**
             * @description The SKU that it is of, if it is not that.
             * @example SMALL-TABLE
             */
            sku?: string;
            /** @example 2 lines wait for 25 pieces */
            text: string;
            /**
             * @description A day, or an instant, at which it was due or is.
             * @example 2030-01-31
             */
            when?: string;
        };
        AttentionView: {
            /** @example out-of-stock */
            name: string;
            /** @example Out of stock */
            title: string;
            items: components["schemas"]["NoticeView"][];
            /**
             * @description Whether there are more.
             * @example false
             */
            more: boolean;
            /**
             * @description Whether it could not be looked at just now.
             * @example false
             */
            failed: boolean;
        };
        FiguresView: {
            /**
             * @description What each number is of, in milliseconds.
             * @example 2000
             */
            stepMs: number;
            /**
             * @description Lines that got a batch, per second.
             * @example [
             *       120.5
             *     ]
             */
            allocations: number[];
            /**
             * @description Requests that were refused since something was otherwise than they thought (409, 412), per second.
             * @example [
             *       120.5
             *     ]
             */
            conflicts: number[];
            /**
             * @description The time within which 99 of 100 requests were answered, in milliseconds; null: there were none.
             * @example [
             *       4.2
             *     ]
             */
            p99: (number | null)[];
        };
        OverviewView: {
            /** @description What needs a person, by sort. */
            attention: components["schemas"]["AttentionView"][];
            /** @description The last two minutes of the instance that answers, the oldest first. */
            figures: components["schemas"]["FiguresView"];
        };
        ChangeView: {
            /**
             * Format: date-time
             * @example 2030-01-01T12:00:00.000Z
             */
            occurredAt: string;
            /**
             * Format: uuid
             * @description The key by which it was asked for. Null: none was needed, or the service did it by itself.
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            keyId: string | null;
            /**
             * @description The name of that key.
             * @example shop
             */
            keyName: string | null;
            /**
             * @description What happened: the type of the event.
             * @example Allocated
             */
            type: string;
            /** @example SMALL-TABLE */
            sku: string;
            /**
             * @description The number of the event among those of its SKU.
             * @example 3
             */
            sequence: number;
            /** @example order-001 */
            orderId: string | null;
            /** @example batch-001 */
            batchRef: string | null;
            /**
             * Format: uuid
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            eventId: string;
            /**
             * @description The request or message that all of this began with; the log of the service has it as `requestId`.
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            correlationId: string;
            /**
             * @description What caused this very event.
             * @example 01990a5c-7e00-7000-8000-0123456789ab
             */
            causationId: string;
        };
        ChangePage: {
            items: components["schemas"]["ChangeView"][];
            /**
             * @description Send it as `after` to get the next page. Null: this is the last one.
             * @example null
             */
            next: string | null;
        };
    };
    responses: {
        /** @description The request took too long to arrive. */
        RequestTimeout: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/request-timeout",
                 *       "title": "The request took too long to arrive",
                 *       "status": 408,
                 *       "detail": "Headers must be here within 5 seconds, the whole request within 30.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The headers are too large. */
        HeadersTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/headers-too-large",
                 *       "title": "The headers are too large",
                 *       "status": 431,
                 *       "detail": "The first line and the headers of a request may have 16 KiB (16,384 bytes) together.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request breaks the syntax. */
        BadRequest: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/bad-request",
                 *       "title": "The request breaks the syntax",
                 *       "status": 400,
                 *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "errors": [
                 *         {
                 *           "field": "",
                 *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot do what Expect asks for. */
        ExpectationFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/expectation-failed",
                 *       "title": "The service cannot do what Expect asks for",
                 *       "status": 417,
                 *       "detail": "The only expectation that can be met is Expect: 100-continue.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot answer right now. */
        Unavailable: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unavailable",
                 *       "title": "The service cannot answer right now",
                 *       "status": 503,
                 *       "detail": "Send the same request again after the seconds that Retry-After says. It is safe to do so.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service made a mistake. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/internal-error",
                 *       "title": "The service made a mistake",
                 *       "status": 500,
                 *       "detail": "Not your fault. The log of the service has the cause under the id given as instance.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too many requests. */
        TooManyRequests: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/too-many-requests",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "More requests than one key, or one address without a key, may send. Go on after the seconds that Retry-After says.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A key is needed. */
        Unauthorized: {
            headers: {
                /** @description How to say who you are. */
                "WWW-Authenticate"?: string;
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unauthorized",
                 *       "title": "A key is needed",
                 *       "status": 401,
                 *       "detail": "Send a key that is good: Authorization: Bearer sak_…. This one is missing, unknown, expired or revoked. Whoever runs the service makes keys: stock-allocation keys create.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The key may not do this. */
        InsufficientScope: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-scope",
                 *       "title": "The key may not do this",
                 *       "status": 403,
                 *       "detail": "The key lacks the scope that this call asks for. Ask for a key that has it.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The Idempotency-Key belongs to another request. */
        IdempotencyKeyReused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/idempotency-key-reused",
                 *       "title": "The Idempotency-Key belongs to another request",
                 *       "status": 422,
                 *       "detail": "A request with this key had another method, path or body. Nothing was done. Send each request with a key of its own.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A page of another origin sent the request. The key may not do this. */
        CrossOriginOrInsufficientScope: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-scope",
                 *       "title": "The key may not do this",
                 *       "status": 403,
                 *       "detail": "The key lacks the scope that this call asks for. Ask for a key that has it.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is too large. */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/payload-too-large",
                 *       "title": "The body is too large",
                 *       "status": 413,
                 *       "detail": "A body may have 1 MiB (1,048,576 bytes) at most.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not declared as plain JSON. */
        UnsupportedMediaType: {
            headers: {
                /** @description Where the encoding of the body was the reason. */
                "Accept-Encoding"?: "identity";
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unsupported-media-type",
                 *       "title": "The body is not declared as plain JSON",
                 *       "status": 415,
                 *       "detail": "Send the body with the header Content-Type: application/json and without Content-Encoding.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The first request with this Idempotency-Key is under way. */
        IdempotencyKeyInUse: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/idempotency-key-in-use",
                 *       "title": "The first request with this Idempotency-Key is under way",
                 *       "status": 409,
                 *       "detail": "The first request with the Idempotency-Key 8e03978e is not answered yet. Send this one again in a moment",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The service cannot do what Expect asks for. */
        BookExpectationFailed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/expectation-failed",
                 *       "title": "The service cannot do what Expect asks for",
                 *       "status": 417,
                 *       "detail": "The only expectation that can be met is Expect: 100-continue.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "The only expectation that can be met is Expect: 100-continue."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description The service cannot answer right now. */
        BookUnavailable: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unavailable",
                 *       "title": "The service cannot answer right now",
                 *       "status": 503,
                 *       "detail": "Send the same request again after the seconds that Retry-After says. It is safe to do so.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "Send the same request again after the seconds that Retry-After says. It is safe to do so."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description The service made a mistake. */
        BookInternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/internal-error",
                 *       "title": "The service made a mistake",
                 *       "status": 500,
                 *       "detail": "Not your fault. The log of the service has the cause under the id given as instance.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "Not your fault. The log of the service has the cause under the id given as instance."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description A page of another origin sent the request. The key may not do this. */
        BookCrossOriginOrInsufficientScope: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-scope",
                 *       "title": "The key may not do this",
                 *       "status": 403,
                 *       "detail": "The key lacks the scope that this call asks for. Ask for a key that has it.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "The key lacks the scope that this call asks for. Ask for a key that has it."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description The body is too large. */
        BookPayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/payload-too-large",
                 *       "title": "The body is too large",
                 *       "status": 413,
                 *       "detail": "A body may have 1 MiB (1,048,576 bytes) at most.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "A body may have 1 MiB (1,048,576 bytes) at most."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description The body is not declared as plain JSON. */
        BookUnsupportedMediaType: {
            headers: {
                /** @description Where the encoding of the body was the reason. */
                "Accept-Encoding"?: "identity";
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unsupported-media-type",
                 *       "title": "The body is not declared as plain JSON",
                 *       "status": 415,
                 *       "detail": "Send the body with the header Content-Type: application/json and without Content-Encoding.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "Send the body with the header Content-Type: application/json and without Content-Encoding."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description A key is needed. */
        BookUnauthorized: {
            headers: {
                /** @description How to say who you are. */
                "WWW-Authenticate"?: string;
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/unauthorized",
                 *       "title": "A key is needed",
                 *       "status": 401,
                 *       "detail": "Send a key that is good: Authorization: Bearer sak_…. This one is missing, unknown, expired or revoked. Whoever runs the service makes keys: stock-allocation keys create.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "Send a key that is good: Authorization: Bearer sak_…. This one is missing, unknown, expired or revoked. Whoever runs the service makes keys: stock-allocation keys create."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description Too many requests. */
        BookTooManyRequests: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: number;
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/too-many-requests",
                 *       "title": "Too many requests",
                 *       "status": 429,
                 *       "detail": "More requests than one key, or one address without a key, may send. Go on after the seconds that Retry-After says.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "More requests than one key, or one address without a key, may send. Go on after the seconds that Retry-After says."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description The key may not do this. */
        BookInsufficientScope: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/insufficient-scope",
                 *       "title": "The key may not do this",
                 *       "status": 403,
                 *       "detail": "The key lacks the scope that this call asks for. Ask for a key that has it.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                 *       "message": "The key lacks the scope that this call asks for. Ask for a key that has it."
                 *     }
                 */
                "application/problem+json": components["schemas"]["BookProblem"];
            };
        };
        /** @description A page of another origin sent the request. */
        CrossOrigin: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "/problems/cross-origin",
                 *       "title": "A page of another origin sent the request",
                 *       "status": 403,
                 *       "detail": "A browser sent the request for a page that is not of this service, so nothing was done. Whoever runs the service lets pages in by naming their origins: CORS_ORIGINS.",
                 *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description The id of the request: the one that it brought, or a new one. */
        "X-Request-Id": string;
        /** @description The version of the answer. Send it as If-None-Match, to get the next one only when it differs. */
        ETag: string;
        /** @description The command was carried out, but not all handlers have had its events yet; a view may be behind for a while. */
        "X-Events": "pending";
        /** @description The request was answered before, by its Idempotency-Key: this is that answer, and nothing was done. */
        "Idempotent-Replayed": "true";
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ok";
                        /** @description What is well. */
                        info: {
                            [key: string]: components["schemas"]["Check"];
                        };
                        /** @description What is not. */
                        error: {
                            [key: string]: components["schemas"]["Check"];
                        };
                        /** @description All of it. */
                        details: {
                            [key: string]: components["schemas"]["Check"];
                        };
                    };
                };
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            /** @description It cannot: send it no requests. The service cannot answer right now. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/unavailable",
                     *       "title": "The service cannot answer right now",
                     *       "status": 503,
                     *       "detail": "Send the same request again after the seconds that Retry-After says. It is safe to do so.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                    "application/json": {
                        /** @enum {string} */
                        status: "error" | "shutting_down";
                        /** @description What is well. */
                        info: {
                            [key: string]: components["schemas"]["Check"];
                        };
                        /** @description What is not. */
                        error: {
                            [key: string]: components["schemas"]["Check"];
                        };
                        /** @description All of it. */
                        details: {
                            [key: string]: components["schemas"]["Check"];
                        };
                    };
                };
            };
        };
    };
    explainProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The title and the meaning. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "kind",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description No such resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-found",
                     *       "title": "No such resource",
                     *       "status": 404,
                     *       "detail": "The service has no such path. /docs lists those that it has.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example stock_allocation_ready 1 */
                    "text/plain": string;
                };
            };
            400: components["responses"]["BadRequest"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The keys, without their secrets. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyRequest"];
            };
        };
        responses: {
            /** @description The key, with its secret. */
            201: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyWithSecretView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "name",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The name is taken. The answer had a secret, which was shown once. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/shown-once",
                     *       "title": "The answer had a secret, which was shown once",
                     *       "status": 409,
                     *       "detail": "The request was carried out before, and is not carried out again. Its answer is not kept, since it had a secret. If that got lost, look at what was made (Location, or the list) and give it a new secret.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getKey: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key, without its secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such key. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/key-not-found",
                     *       "title": "No such key",
                     *       "status": 404,
                     *       "detail": "There is no key of this id, or it cannot be rotated since it was revoked or has expired.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key is good no more. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such key. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/key-not-found",
                     *       "title": "No such key",
                     *       "status": 404,
                     *       "detail": "There is no key of this id, or it cannot be rotated since it was revoked or has expired.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    rotateKey: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The key. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["KeyRotationRequest"];
            };
        };
        responses: {
            /** @description The key, with its new secret. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyWithSecretView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such key. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/key-not-found",
                     *       "title": "No such key",
                     *       "status": 404,
                     *       "detail": "There is no key of this id, or it cannot be rotated since it was revoked or has expired.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The answer had a secret, which was shown once. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/shown-once",
                     *       "title": "The answer had a secret, which was shown once",
                     *       "status": 409,
                     *       "detail": "The request was carried out before, and is not carried out again. Its answer is not kept, since it had a secret. If that got lost, look at what was made (Location, or the list) and give it a new secret.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listReaders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The readers. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReaderList"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "name",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayReader: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reader. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ReplayRequest"];
            };
        };
        responses: {
            /** @description It reads them again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayedEvents"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "since",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-found",
                     *       "title": "No such resource",
                     *       "status": 404,
                     *       "detail": "The service has no such path. /docs lists those that it has.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listBatches: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description The product; left out: all batches of all products. */
                sku?: string;
                /** @description Only those that have something left; of one SKU. */
                open?: boolean;
                /** @description Only those in transit that should be here by now, the most overdue first; of all SKUs. */
                overdue?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batches. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description The batch is there. */
            201: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The batch exists with other content. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-conflict",
                     *       "title": "The batch exists with other content",
                     *       "status": 409,
                     *       "detail": "Batch batch-001 exists already with quantity 100",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The batch. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchView"];
                };
            };
            /** @description Nothing has changed since that answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeBatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag under which you know the batch: nothing is done when anything has happened to it since. */
                "If-Match"?: string;
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchChangeRequest"];
            };
        };
        responses: {
            /** @description The batch is as it should be. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The batch cannot hold so many or so few pieces. The batch has arrived already. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/arrived-already",
                     *       "title": "The batch has arrived already",
                     *       "status": 409,
                     *       "detail": "Batch batch-001 is in the warehouse already; it has no ETA to change",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch has changed meanwhile. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-changed",
                     *       "title": "The batch has changed meanwhile",
                     *       "status": 412,
                     *       "detail": "Batch batch-001 has changed since you looked at it; look again before you change it",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    explainBatchChange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchExplainRequest"];
            };
        };
        responses: {
            /** @description What would become of lines. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchChangeExplanationView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The batch cannot hold so many or so few pieces. The batch has arrived already. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/arrived-already",
                     *       "title": "The batch has arrived already",
                     *       "status": 409,
                     *       "detail": "Batch batch-001 is in the warehouse already; it has no ETA to change",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    recordArrival: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag under which you know the batch: nothing is done when anything has happened to it since. */
                "If-Match"?: string;
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": components["schemas"]["ArrivalRequest"];
            };
        };
        responses: {
            /** @description The batch is in the warehouse. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The batch has arrived already. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/arrived-already",
                     *       "title": "The batch has arrived already",
                     *       "status": 409,
                     *       "detail": "Batch batch-001 is in the warehouse already; it has no ETA to change",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch has changed meanwhile. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-changed",
                     *       "title": "The batch has changed meanwhile",
                     *       "status": 412,
                     *       "detail": "Batch batch-001 has changed since you looked at it; look again before you change it",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    adjustStock: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag under which you know the batch: nothing is done when anything has happened to it since. */
                "If-Match"?: string;
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AdjustmentRequest"];
            };
        };
        responses: {
            /** @description The batch is adjusted. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The batch cannot hold so many or so few pieces. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/quantity-out-of-bounds",
                     *       "title": "The batch cannot hold so many or so few pieces",
                     *       "status": 409,
                     *       "detail": "Batch batch-001 can't hold 10, since 25 of its pieces were dispatched",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description The batch has changed meanwhile. */
            412: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-changed",
                     *       "title": "The batch has changed meanwhile",
                     *       "status": 412,
                     *       "detail": "Batch batch-001 has changed since you looked at it; look again before you change it",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    allocate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LineRequest"];
            };
        };
        responses: {
            /** @description The line is allocated, reserved or waiting, or known to be out of stock. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The line is allocated with another quantity. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-conflict",
                     *       "title": "The line is allocated with another quantity",
                     *       "status": 409,
                     *       "detail": "Order order-001 has 10 of SMALL-TABLE allocated already; deallocate that line before asking for 12",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            /** @description Unknown SKU. The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-sku",
                     *       "title": "Unknown SKU",
                     *       "status": 422,
                     *       "detail": "Invalid sku SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    explain: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ExplainRequest"];
            };
        };
        responses: {
            /** @description What would happen. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ExplanationView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The line is allocated with another quantity. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-conflict",
                     *       "title": "The line is allocated with another quantity",
                     *       "status": 409,
                     *       "detail": "Order order-001 has 10 of SMALL-TABLE allocated already; deallocate that line before asking for 12",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            /** @description Unknown SKU. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-sku",
                     *       "title": "Unknown SKU",
                     *       "status": 422,
                     *       "detail": "Invalid sku SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirm: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The line is wanted for good. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description Line not allocated. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-not-allocated",
                     *       "title": "Line not allocated",
                     *       "status": 404,
                     *       "detail": "Order order-001 has no allocated line of SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The reservation has expired. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/reservation-expired",
                     *       "title": "The reservation has expired",
                     *       "status": 409,
                     *       "detail": "The reservation of SMALL-TABLE for order order-001 has expired; ask for the line again",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    dispatch: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The line has left. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description Line not allocated. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-not-allocated",
                     *       "title": "Line not allocated",
                     *       "status": 404,
                     *       "detail": "Order order-001 has no allocated line of SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The line is reserved or waits. The batch has not arrived. The reservation has expired. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/reservation-expired",
                     *       "title": "The reservation has expired",
                     *       "status": 409,
                     *       "detail": "The reservation of SMALL-TABLE for order order-001 has expired; ask for the line again",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deallocate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The line is deallocated. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description Line not allocated. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-not-allocated",
                     *       "title": "Line not allocated",
                     *       "status": 404,
                     *       "detail": "Order order-001 has no allocated line of SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The line was dispatched. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/dispatched",
                     *       "title": "The line was dispatched",
                     *       "status": 409,
                     *       "detail": "The line of SMALL-TABLE of order order-001 was dispatched; it can't be changed any more",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    reallocate: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The line is where it should be. */
            202: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description Line not allocated. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-not-allocated",
                     *       "title": "Line not allocated",
                     *       "status": 404,
                     *       "detail": "Order order-001 has no allocated line of SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The line was dispatched. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/dispatched",
                     *       "title": "The line was dispatched",
                     *       "status": 409,
                     *       "detail": "The line of SMALL-TABLE of order order-001 was dispatched; it can't be changed any more",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    allocateMany: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkLines"];
            };
        };
        responses: {
            /** @description Every item has its result. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LineResults"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "items",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createManyBatches: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BulkBatches"];
            };
        };
        responses: {
            /** @description Every item has its result. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchResults"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "items",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    addBatch: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BatchRequest"];
            };
        };
        responses: {
            /** @description The batch is there. */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ],
                     *       "message": "The request cannot be read. Correct each field that is named, then send it again."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BookProblem"];
                };
            };
            401: components["responses"]["BookUnauthorized"];
            403: components["responses"]["BookCrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The batch exists with other content. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-conflict",
                     *       "title": "The batch exists with other content",
                     *       "status": 409,
                     *       "detail": "Batch batch-001 exists already with quantity 100",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "message": "Batch batch-001 exists already with quantity 100"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BookProblem"];
                };
            };
            413: components["responses"]["BookPayloadTooLarge"];
            415: components["responses"]["BookUnsupportedMediaType"];
            417: components["responses"]["BookExpectationFailed"];
            429: components["responses"]["BookTooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["BookInternalError"];
            503: components["responses"]["BookUnavailable"];
        };
    };
    allocateLine: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["BookLineRequest"];
            };
        };
        responses: {
            /** @description The line is allocated, or known to be out of stock. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description The request breaks the syntax. Unknown SKU. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ],
                     *       "message": "The request cannot be read. Correct each field that is named, then send it again."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BookProblem"];
                    /**
                     * @example {
                     *       "message": "Invalid sku SMALL-TABLE"
                     *     }
                     */
                    "application/json": components["schemas"]["BookMessage"];
                };
            };
            401: components["responses"]["BookUnauthorized"];
            403: components["responses"]["BookCrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The line is allocated with another quantity. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/line-conflict",
                     *       "title": "The line is allocated with another quantity",
                     *       "status": 409,
                     *       "detail": "Order order-001 has 10 of SMALL-TABLE allocated already; deallocate that line before asking for 12",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "message": "Order order-001 has 10 of SMALL-TABLE allocated already; deallocate that line before asking for 12"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BookProblem"];
                };
            };
            413: components["responses"]["BookPayloadTooLarge"];
            415: components["responses"]["BookUnsupportedMediaType"];
            417: components["responses"]["BookExpectationFailed"];
            429: components["responses"]["BookTooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["BookInternalError"];
            503: components["responses"]["BookUnavailable"];
        };
    };
    getAsyncApi: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
            /** @description Nothing has changed since that answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["BadRequest"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listDeadLetters: {
        parameters: {
            query?: {
                /** @description Dead letters at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The dead letters. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeadLetterList"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayDeadLetters: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description They are tried again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "handler",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayDeadLetter: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The handler that failed. */
                handler: string;
                /** @description The event. */
                eventId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is tried again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Replayed"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "handler",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-found",
                     *       "title": "No such resource",
                     *       "status": 404,
                     *       "detail": "The service has no such path. /docs lists those that it has.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listAllocationsOfBatch: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BatchLinePage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listSkus: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The SKUs, in the order of their bytes in UTF-8. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StockPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listOutOfStock: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The SKUs, in the order of their bytes in UTF-8. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SkuPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAllocations: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines, by SKU. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllocationsOfOrder"];
                };
            };
            /** @description Nothing has changed since that answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "orderId",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such order. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-not-found",
                     *       "title": "No such order",
                     *       "status": 404,
                     *       "detail": "No line of the order was ever allocated or found out of stock.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getAvailability: {
        parameters: {
            query?: {
                /** @description Pieces wanted, all of them from one batch. */
                qty?: number;
            };
            header?: {
                /** @description The ETag of an earlier answer. */
                "If-None-Match"?: string;
            };
            path: {
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description As it stands now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AvailabilityOfSku"];
                };
            };
            /** @description Nothing has changed since that answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such SKU. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/sku-not-found",
                     *       "title": "No such SKU",
                     *       "status": 404,
                     *       "detail": "No batch of this SKU was ever created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getBasketAvailability: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Basket"];
            };
        };
        responses: {
            /** @description Every item has its result. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BasketAvailability"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "items",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMovements: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The reference of the batch. */
                ref: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The movements. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovementPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "ref",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such batch. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/batch-not-found",
                     *       "title": "No such batch",
                     *       "status": 404,
                     *       "detail": "There is no batch batch-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPromises: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PromiseList"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-found",
                     *       "title": "No such resource",
                     *       "status": 404,
                     *       "detail": "The service has no such path. /docs lists those that it has.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMovementsOfSku: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The movements. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MovementOfSkuPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-found",
                     *       "title": "No such resource",
                     *       "status": 404,
                     *       "detail": "The service has no such path. /docs lists those that it has.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    find: {
        parameters: {
            query: {
                /** @description The beginning of a SKU, of the reference of a batch or of an order; or the whole id of an event. */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundList"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "q",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWaiting: {
        parameters: {
            query: {
                /** @description The product. */
                sku: string;
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wait-list. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WaitingPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    viewAllocations: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                orderid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The lines. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BookLine"][];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "orderid",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ],
                     *       "message": "The request cannot be read. Correct each field that is named, then send it again."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BookProblem"];
                };
            };
            401: components["responses"]["BookUnauthorized"];
            403: components["responses"]["BookInsufficientScope"];
            /** @description Order not allocated. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-not-allocated",
                     *       "title": "Order not allocated",
                     *       "status": 404,
                     *       "detail": "The order has no allocated line. It is unknown, or its SKUs are out of stock.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "message": "The order has no allocated line. It is unknown, or its SKUs are out of stock."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["BookProblem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["BookExpectationFailed"];
            429: components["responses"]["BookTooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["BookInternalError"];
            503: components["responses"]["BookUnavailable"];
        };
    };
    listEvents: {
        parameters: {
            query?: {
                /** @description Only events of this type; may be repeated. */
                type?: ("BatchCreated" | "BatchQuantityChanged" | "StockAdjusted" | "BatchArrived" | "BatchEtaChanged" | "Allocated" | "Reserved" | "ReservationExtended" | "ReservationConfirmed" | "ReservationExpired" | "Deallocated" | "OutOfStock" | "Waitlisted" | "WaitCancelled" | "Dispatched" | "TermsChanged" | "PromiseChanged")[];
                /** @description Only events of this SKU; may be repeated, 100 times at most. */
                sku?: string[];
                /** @description The `next` of an earlier answer, or the id of an event in the stream. `now`: what happens from now on. Left out: from the oldest event that is retained. */
                after?: string;
                /** @description Events at most. */
                limit?: number;
                /** @description Seconds to wait for an event when there is none yet (long polling). */
                wait?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, and where to go on. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventsPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The position in the log is gone. */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/position-expired",
                     *       "title": "The position in the log is gone",
                     *       "status": 410,
                     *       "detail": "The events after this position are no longer there; make your copy anew and go on from there",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            /** @description The instance has as many followers as it can take. The service cannot answer right now. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/too-many-followers",
                     *       "title": "The instance has as many followers as it can take",
                     *       "status": 503,
                     *       "detail": "Try again after the seconds that Retry-After says; another instance may have room. Questions with `wait=0` are still answered.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    streamEvents: {
        parameters: {
            query?: {
                /** @description Only events of this type; may be repeated. */
                type?: ("BatchCreated" | "BatchQuantityChanged" | "StockAdjusted" | "BatchArrived" | "BatchEtaChanged" | "Allocated" | "Reserved" | "ReservationExtended" | "ReservationConfirmed" | "ReservationExpired" | "Deallocated" | "OutOfStock" | "Waitlisted" | "WaitCancelled" | "Dispatched" | "TermsChanged" | "PromiseChanged")[];
                /** @description Only events of this SKU; may be repeated, 100 times at most. */
                sku?: string[];
                /** @description The `next` of an earlier answer, or the id of an event in the stream. `now`: what happens from now on. Left out: from the oldest event that is retained. */
                after?: string;
            };
            header?: {
                /** @description The id of the last event that was handled. It counts more than `after`. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, until either side ends the connection. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example event: Allocated
                     *     id: AZkKXH4AcACAAAEjRWeJqwAAAAAAAAAH
                     *     data: {"specversion":"1.0","id":"01990a5c-7e00-7000-8000-0123456789ab","source":"/stock-allocation","type":"allocation.Allocated.v3","subject":"SMALL-TABLE","time":"2030-01-01T12:00:00.000Z","sequence":"0000000000000000042","correlationid":"my-first-order","causationid":"my-first-order","datacontenttype":"application/json","data":{"sku":"SMALL-TABLE","orderId":"order-001","qty":10,"batchRef":"batch-001","eta":null,"available":90}}
                     */
                    "text/event-stream": string;
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The position in the log is gone. */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/position-expired",
                     *       "title": "The position in the log is gone",
                     *       "status": 410,
                     *       "detail": "The events after this position are no longer there; make your copy anew and go on from there",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            /** @description The instance has as many followers as it can take. The service cannot answer right now. */
            503: {
                headers: {
                    /** @description In seconds. */
                    "Retry-After"?: number;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/too-many-followers",
                     *       "title": "The instance has as many followers as it can take",
                     *       "status": 503,
                     *       "detail": "Try again after the seconds that Retry-After says; another instance may have room. Questions with `wait=0` are still answered.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    getEvent: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The event. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The event. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CloudEventView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such resource. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/not-found",
                     *       "title": "No such resource",
                     *       "status": 404,
                     *       "detail": "The service has no such path. /docs lists those that it has.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    placeOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderRequest"];
            };
        };
        responses: {
            /** @description It was placed before, and is left as it is. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The order is placed. */
            201: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "lines[0].sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The order exists with other content. The order cannot be had as a whole. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-short",
                     *       "title": "The order cannot be had as a whole",
                     *       "status": 409,
                     *       "detail": "Order order-001 is short of SMALL-TABLE (3 of 10); nothing is held for it",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "lines": [
                     *         {
                     *           "sku": "SMALL-TABLE",
                     *           "qty": 10,
                     *           "available": 3,
                     *           "missing": 7
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            /** @description Unknown SKU. The Idempotency-Key belongs to another request. */
            422: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/invalid-sku",
                     *       "title": "Unknown SKU",
                     *       "status": 422,
                     *       "detail": "Invalid sku SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getOrder: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The order. */
                orderId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "orderId",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such order. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-unknown",
                     *       "title": "No such order",
                     *       "status": 404,
                     *       "detail": "No order order-001 was placed as a whole",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    cancelOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Nothing is held for the order any more. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "orderId",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such order. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-unknown",
                     *       "title": "No such order",
                     *       "status": 404,
                     *       "detail": "No order order-001 was placed as a whole",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description Lines of the order have left. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-dispatched",
                     *       "title": "Lines of the order have left",
                     *       "status": 409,
                     *       "detail": "Of order order-001 SMALL-TABLE has left the warehouse; give back the other lines one by one",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    confirmOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order is wanted for good. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "orderId",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such order. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-unknown",
                     *       "title": "No such order",
                     *       "status": 404,
                     *       "detail": "No order order-001 was placed as a whole",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The order is closed. The reservation of the order has expired. The order cannot be had as a whole. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-short",
                     *       "title": "The order cannot be had as a whole",
                     *       "status": 409,
                     *       "detail": "Order order-001 is short of SMALL-TABLE (3 of 10); nothing is held for it",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "lines": [
                     *         {
                     *           "sku": "SMALL-TABLE",
                     *           "qty": 10,
                     *           "available": 3,
                     *           "missing": 7
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    dispatchOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The order has left. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "orderId",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such order. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-unknown",
                     *       "title": "No such order",
                     *       "status": 404,
                     *       "detail": "No order order-001 was placed as a whole",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The order is closed. The reservation of the order has expired. The order cannot leave yet. The order cannot be had as a whole. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-short",
                     *       "title": "The order cannot be had as a whole",
                     *       "status": 409,
                     *       "detail": "Order order-001 is short of SMALL-TABLE (3 of 10); nothing is held for it",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "lines": [
                     *         {
                     *           "sku": "SMALL-TABLE",
                     *           "qty": 10,
                     *           "available": 3,
                     *           "missing": 7
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeLineOfOrder: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The order. */
                orderId: string;
                /** @description The product. */
                sku: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["QuantityRequest"];
            };
        };
        responses: {
            /** @description The order as it is now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OrderView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "qty",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such order. No such line. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/order-line-unknown",
                     *       "title": "No such line",
                     *       "status": 404,
                     *       "detail": "Order order-001 holds no line of SMALL-TABLE",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The order is closed. Lines of the order have left. The reservation of the order has expired. The order cannot be had as a whole. The line cannot have so many pieces. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/quantity-not-available",
                     *       "title": "The line cannot have so many pieces",
                     *       "status": 409,
                     *       "detail": "Order order-001 keeps its 10 of SMALL-TABLE: 12 are not available in one batch, 11 would be",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "qty": 12,
                     *       "available": 11,
                     *       "missing": 1
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCustomer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The customer. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The customer. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CustomerView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such customer. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/customer-not-found",
                     *       "title": "No such customer",
                     *       "status": 404,
                     *       "detail": "There is no customer customer-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    forgetCustomer: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The customer. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description He is forgotten. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such customer. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/customer-not-found",
                     *       "title": "No such customer",
                     *       "status": 404,
                     *       "detail": "There is no customer customer-001",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWebhooks: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoints. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "limit",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookRequest"];
            };
        };
        responses: {
            /** @description The endpoint, with its secret. */
            201: {
                headers: {
                    /** @description Where to look at it. */
                    Location?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedWebhook"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "url",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            /** @description The answer had a secret, which was shown once. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/shown-once",
                     *       "title": "The answer had a secret, which was shown once",
                     *       "status": 409,
                     *       "detail": "The request was carried out before, and is not carried out again. Its answer is not kept, since it had a secret. If that got lost, look at what was made (Location, or the list) and give it a new secret.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWebhook: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The endpoint. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WebhookView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such webhook. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/webhook-not-found",
                     *       "title": "No such webhook",
                     *       "status": 404,
                     *       "detail": "There is no endpoint of this id. It was deleted, or never created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The endpoint. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no such endpoint any more. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such webhook. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/webhook-not-found",
                     *       "title": "No such webhook",
                     *       "status": 404,
                     *       "detail": "There is no endpoint of this id. It was deleted, or never created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The endpoint. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookChangeRequest"];
            };
        };
        responses: {
            /** @description The endpoint as it is now. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangedWebhook"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "url",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such webhook. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/webhook-not-found",
                     *       "title": "No such webhook",
                     *       "status": 404,
                     *       "detail": "There is no endpoint of this id. It was deleted, or never created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            /** @description The answer had a secret, which was shown once. The first request with this Idempotency-Key is under way. */
            409: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/shown-once",
                     *       "title": "The answer had a secret, which was shown once",
                     *       "status": 409,
                     *       "detail": "The request was carried out before, and is not carried out again. Its answer is not kept, since it had a secret. If that got lost, look at what was made (Location, or the list) and give it a new secret.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    testWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The endpoint. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What became of it. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TestedWebhook"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such webhook. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/webhook-not-found",
                     *       "title": "No such webhook",
                     *       "status": 404,
                     *       "detail": "There is no endpoint of this id. It was deleted, or never created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path: {
                /** @description The endpoint. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attempts. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeliveryPage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "id",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            /** @description No such webhook. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/webhook-not-found",
                     *       "title": "No such webhook",
                     *       "status": 404,
                     *       "detail": "There is no endpoint of this id. It was deleted, or never created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    replayWebhook: {
        parameters: {
            query?: never;
            header?: {
                /** @description Names the request, so that it is carried out once however often it is sent: a text of 1 to 255 visible ASCII characters that no other request of the same sender has, such as a UUID, in quotation marks or not. */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @description The endpoint. */
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["WebhookReplayRequest"];
            };
        };
        responses: {
            /** @description They are sent again. */
            202: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReplayedWebhook"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "after",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["CrossOriginOrInsufficientScope"];
            /** @description No such webhook. */
            404: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/webhook-not-found",
                     *       "title": "No such webhook",
                     *       "status": 404,
                     *       "detail": "There is no endpoint of this id. It was deleted, or never created.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["IdempotencyKeyInUse"];
            /** @description The position in the log is gone. */
            410: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    "Idempotent-Replayed": components["headers"]["Idempotent-Replayed"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/position-expired",
                     *       "title": "The position in the log is gone",
                     *       "status": 410,
                     *       "detail": "The events after this position are no longer there; make your copy anew and go on from there",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SessionView"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "key",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A key is needed. */
            401: {
                headers: {
                    /** @description How to say who you are. */
                    "WWW-Authenticate"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/unauthorized",
                     *       "title": "A key is needed",
                     *       "status": 401,
                     *       "detail": "Send a key that is good: Authorization: Bearer sak_…. This one is missing, unknown, expired or revoked. Whoever runs the service makes keys: stock-allocation keys create.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SessionRequest"];
            };
        };
        responses: {
            /** @description The browser is signed in. */
            204: {
                headers: {
                    /** @description The session. */
                    "Set-Cookie"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "key",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description A key is needed. */
            401: {
                headers: {
                    /** @description How to say who you are. */
                    "WWW-Authenticate"?: string;
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/unauthorized",
                     *       "title": "A key is needed",
                     *       "status": 401,
                     *       "detail": "Send a key that is good: Authorization: Bearer sak_…. This one is missing, unknown, expired or revoked. Whoever runs the service makes keys: stock-allocation keys create.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab"
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: components["responses"]["CrossOrigin"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The browser is signed out. */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "X-Events": components["headers"]["X-Events"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "key",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            403: components["responses"]["CrossOrigin"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    getOverview: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag of an earlier answer. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The overview. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OverviewView"];
                };
            };
            /** @description Nothing has changed since that answer. */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "If-None-Match",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
    listChanges: {
        parameters: {
            query?: {
                /** @description Only changes of this SKU. */
                sku?: string;
                /** @description Only this event of the SKU, which has to be named, too; may be repeated, 200 times at most. */
                sequence?: number[];
                /** @description Only changes of lines of this order. */
                orderId?: string;
                /** @description Only changes of this batch, and of lines in it. */
                batchRef?: string;
                /** @description Only changes by this key: its id, or its name. */
                key?: string;
                /** @description Only changes from then on. */
                since?: string;
                /** @description Only changes before then. */
                until?: string;
                /** @description Items at most. */
                limit?: number;
                /** @description The `next` of the page before. */
                after?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes. */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangePage"];
                };
            };
            /** @description The request breaks the syntax. */
            400: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "/problems/bad-request",
                     *       "title": "The request breaks the syntax",
                     *       "status": 400,
                     *       "detail": "The request cannot be read. Correct each field that is named, then send it again.",
                     *       "instance": "01990a5c-7e00-7000-8000-0123456789ab",
                     *       "errors": [
                     *         {
                     *           "field": "sku",
                     *           "message": "must be a text of 1 to 255 characters, without NUL and unpaired surrogates"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["InsufficientScope"];
            408: components["responses"]["RequestTimeout"];
            417: components["responses"]["ExpectationFailed"];
            429: components["responses"]["TooManyRequests"];
            431: components["responses"]["HeadersTooLarge"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
        };
    };
}
