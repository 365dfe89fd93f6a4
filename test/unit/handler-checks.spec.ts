import { Injectable, Scope, type Type } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { EventsHandler } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { Allocated } from '../../src/allocation/contracts';
import { LogReader, type LogReaderOptions } from '../../src/messaging/contracts';
import { HandlerRegistry } from '../../src/messaging/delivery/handler-registry';

@EventsHandler(Allocated)
class Plain {
  handle(): void {}
}

@Injectable({ scope: Scope.REQUEST })
class OfARequest {}

@EventsHandler(Allocated)
class AboutARequest {
  constructor(readonly request: OfARequest) {}
  handle(): void {}
}
// What a decorator would tell Nest of the constructor.
Reflect.defineMetadata('design:paramtypes', [OfARequest], AboutARequest);

@EventsHandler(Allocated)
class Mute {}

class Lost {}
@EventsHandler(Allocated, Lost)
class AboutNothing {
  handle(): void {}
}

/** An event of a module's own, or a class of some other purpose. */
const namesake = (): Type => {
  class OutOfStock {}
  @EventsHandler(OutOfStock)
  class AboutANamesake {
    handle(): void {}
  }
  return AboutANamesake;
};

const named = (options: object): Type => {
  @LogReader(options as LogReaderOptions)
  @EventsHandler(Allocated)
  class Named {
    handle(): void {}
  }
  return Named;
};

async function start(providers: Type[], controllers: Type[] = []): Promise<HandlerRegistry> {
  const module = await Test.createTestingModule({
    imports: [DiscoveryModule],
    providers: [HandlerRegistry, OfARequest, ...providers],
    controllers,
  }).compile();
  await module.init();
  return module.get(HandlerRegistry);
}

test('a handler without @LogReader goes by the name of its class, and begins now', async () => {
  const { all } = await start([Plain]);
  expect(all.map(({ name, beginsWith }) => [name, beginsWith])).toEqual([['Plain', 'now']]);
});

describe('the service does not start, and says what to do, with a handler that', () => {
  const begin = { beginsWith: 'now' };
  test.each<[string, Type[], Type[], RegExp]>([
    ['is a controller', [], [Plain], /Plain is a controller: list it under `providers`/],
    ['is made for each request', [AboutARequest], [], /AboutARequest is made anew .*take `scope` away/],
    ['has no method', [Mute], [], /Mute has no method `handle\(event, recorded\)`/],
    ['asks for what nobody raises', [AboutNothing], [], /AboutNothing asks for Lost, which nobody raises/],
    [
      'asks for a namesake of an event',
      [namesake()],
      [],
      /AboutANamesake asks for OutOfStock, which nobody raises/,
    ],
    [
      'has the name of the broker',
      [named({ name: 'broker', ...begin })],
      [],
      /is called broker.*another `name`/,
    ],
    ['has that of a webhook', [named({ name: 'webhook:1', ...begin })], [], /is called webhook:1/],
    ['has no name', [named({ name: '', ...begin })], [], /1 to 255 visible characters/],
    ['begins at Easter', [named({ name: 'vip', beginsWith: 'Easter' })], [], /begins with Easter: say/],
    [
      'has the name of another',
      [named({ name: 'vip', ...begin }), named({ name: 'vip', ...begin })],
      [],
      /Two event handlers are called vip/,
    ],
  ])('%s', async (_what, providers, controllers, message) => {
    await expect(start(providers, controllers)).rejects.toThrow(message);
  });
});
