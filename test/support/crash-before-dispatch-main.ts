import { EventDispatcher } from '../../src/messaging/delivery/event-dispatcher';

/*
 * The service, which dies between the commit of a line of the order `crash-here` and the delivery of its
 * events: the one moment that only the outbox can bridge.
 */
const publishAll = EventDispatcher.prototype.publishAll;

EventDispatcher.prototype.publishAll = function (events) {
  const crashes = events.some(({ event }) => 'orderId' in event && event.orderId === 'crash-here');
  if (crashes) process.kill(process.pid, 'SIGKILL');
  return publishAll.call(this, events);
};

require('../../src/main');
