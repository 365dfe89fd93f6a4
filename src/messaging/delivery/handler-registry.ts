import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import {
  type DomainEvent,
  eventTypes,
  type GroupHandler,
  type RecordedEventHandler,
} from '../../allocation/contracts';
import type { Beginning } from '../../log/contracts';
import { addTo } from '../../group-by';
import { checkHandler } from './handler-checks';
import { LogReader } from './log-reader';

/** Where `@EventsHandler` keeps the event classes of a handler; the package does not export the name. */
const EVENTS_HANDLER_METADATA = '__eventsHandler__';

/** A handler of events, and what is known of it. */
export interface RegisteredHandler {
  readonly name: string;
  readonly beginsWith: Beginning;
  /** Names of the types of events that it listens to. */
  readonly types: ReadonlySet<string>;
  readonly instance: RecordedEventHandler & Partial<GroupHandler>;
}

/** All handlers of events of this instance: those that are called right after the commit, and those that ask for order. */
@Injectable()
export class HandlerRegistry implements OnApplicationBootstrap {
  private readonly handlers = new Map<string, RegisteredHandler>();
  private readonly byType = new Map<string, RegisteredHandler[]>();
  private readonly inOrder = new Map<string, RegisteredHandler>();

  constructor(private readonly discovery: DiscoveryService) {}

  /**
   * Finds them.
   * @throws Error that says what to do, when one would not get its events, or two have one name, since what they have had
   *   is kept by name
   */
  onApplicationBootstrap(): void {
    const controllers = new Set(this.discovery.getControllers());
    for (const wrapper of [...this.discovery.getProviders(), ...controllers]) {
      const { metatype } = wrapper as { metatype?: { readonly name: string } | null };
      const instance = wrapper.instance as RegisteredHandler['instance'] | undefined;
      if (!metatype || !instance) continue;
      const types = (Reflect.getMetadata(EVENTS_HANDLER_METADATA, metatype) ?? []) as { name: string }[];
      if (types.length === 0) continue;
      const options = this.discovery.getMetadataByDecorator(LogReader, wrapper);
      const className = instance.constructor.name;
      const { name = className, beginsWith = 'now', ordered = false } = options ?? {};
      checkHandler({
        className,
        name,
        beginsWith,
        types,
        isStatic: wrapper.isDependencyTreeStatic(),
        isProvider: !controllers.has(wrapper),
        canHandle: typeof instance.handle === 'function',
      });
      if (this.handlers.has(name) || this.inOrder.has(name))
        throw new Error(
          `Two event handlers are called ${name}; give one of them another name (@LogReader), or list it in one module only`,
        );
      const handler = { name, beginsWith, types: new Set(types.map((type) => type.name)), instance };
      if (ordered) this.inOrder.set(name, handler);
      else this.register(handler);
    }
  }

  private register(handler: RegisteredHandler): void {
    this.handlers.set(handler.name, handler);
    for (const type of handler.types) addTo(this.byType, type, handler);
  }

  /** All that are called right after the commit. */
  get all(): readonly RegisteredHandler[] {
    return [...this.handlers.values()];
  }

  /** Those that ask for order. */
  get ordered(): readonly RegisteredHandler[] {
    return [...this.inOrder.values()];
  }

  /** Those that listen to an event, and are called right after its commit. */
  listeningTo(event: DomainEvent): readonly RegisteredHandler[] {
    return this.byType.get(event.constructor.name) ?? [];
  }

  /** One that is called right after the commit. */
  get(name: string): RegisteredHandler | undefined {
    return this.handlers.get(name);
  }

  /** Whether this version of the service knows events of that type. */
  knows(type: string): boolean {
    return Object.hasOwn(eventTypes, type);
  }
}
