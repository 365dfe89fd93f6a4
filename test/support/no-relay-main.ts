import { Relay } from '../../src/messaging/relay';

/* The service without the relay, to show that without it events are lost. */
Relay.prototype.onApplicationBootstrap = () => {};

require('../../src/main');
