import { HandlerReader } from '../../src/messaging/delivery/handler-reader';

/* The service, whose handlers do not read the log, to show that without it events are lost. */
HandlerReader.prototype.onApplicationBootstrap = async () => {};

require('../../src/main');
