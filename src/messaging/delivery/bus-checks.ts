import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { CommandBus, CqrsModule, EventBus, QueryBus } from '@nestjs/cqrs';
import type { Recorded } from '../../allocation/contracts';
import { isEventClass } from './handler-checks';

/** Has the start fail where the buses of `@nestjs/cqrs` would do something else than whoever wrote a module expects. */
@Injectable()
export class BusChecks implements OnModuleInit {
  constructor(
    private readonly modules: ModulesContainer,
    private readonly commandBus: CommandBus,
    private readonly queryBus: QueryBus,
    private readonly eventBus: EventBus<Recorded>,
  ) {}

  /** Comes before the module of `@nestjs/cqrs` registers handlers and sagas, when the application is bootstrapped. */
  onModuleInit(): void {
    refuseBusesOfTheirOwn(this.modules);
    refuseSecondHandlers(this.commandBus);
    refuseSecondHandlers(this.queryBus);
    refuseStreams(this.eventBus);
  }
}

/**
 * Refuses a second handler of a command or a question: it would take the place of the first, of which Nest only warns.
 * The start then fails with both names and what to do.
 */
function refuseSecondHandlers(bus: { bind(handler: { instance: object }, id: string): void }): void {
  const names = new Map<string, string>();
  const bind = bus.bind.bind(bus);
  bus.bind = (handler, id) => {
    const { name } = handler.instance.constructor;
    const first = names.get(id);
    if (first !== undefined)
      throw new Error(
        `A command or question has two handlers, ${first} and ${name}, of which only one would be called: take one ` +
          'away, or out of the `providers` of a second module. Write an event handler for what else is to come of a command',
      );
    names.set(id, name);
    bind(handler, id);
  };
}

/**
 * Refuses sagas and subscriptions of the EventBus: events go to their handlers past its stream, so nobody there would
 * ever hear of one.
 * @throws Error that says what to do, when somebody has subscribed already
 */
function refuseStreams(eventBus: EventBus<Recorded>): void {
  if (eventBus.subject$.observed) refuseSubscription();
  eventBus.subscribe = refuseSubscription;
  // `pipe` throws at once: an operator would pass the error on to whoever subscribes later, and unhandled there it
  // would end the process.
  eventBus.pipe = refuseSubscription;
  eventBus.registerSagas = (sagas = []) => {
    if (sagas.length === 0) return;
    const names = sagas.map(({ name }) => String(name)).join(', ');
    throw new Error(
      `Sagas are not supported (${names}): a crash would lose the events that they wait for. ` +
        'Write an event handler that sends the command; its events are delivered until it succeeds',
    );
  };
}

function refuseSubscription(): never {
  throw new Error(
    'Subscriptions of the EventBus (subscribe, pipe) are not supported: a crash would lose their events. ' +
      'Write an event handler (@EventsHandler); its events are delivered until it succeeds',
  );
}

/**
 * Refuses a module that imports `CqrsModule` for itself: it would get an EventBus of its own, whose events reach handlers
 * past the log and are lost in a crash.
 * @throws Error that names the module and says what to do
 */
function refuseBusesOfTheirOwn(modules: ModulesContainer): void {
  const buses = [...modules.values()].filter(({ metatype }) => metatype === CqrsModule);
  if (buses.length < 2) return;
  const names = [...modules.values()]
    .filter(({ imports }) => buses.some((bus) => !bus.isGlobal && imports.has(bus)))
    .map(({ name }) => name);
  throw new Error(
    `CqrsModule must not be imported by a module (${names.join(', ')}): it would get buses of its own. ` +
      'Leave it out of `imports`; CommandBus, QueryBus and EventBus are there for every module',
  );
}

/**
 * Refuses to publish what is no event of a commit: it has no place in the log, so no handler could rely on it.
 * @throws Error that says what to do
 */
export function checkRecorded(published: readonly unknown[]): void {
  for (const each of published) {
    if (isRecorded(each)) continue;
    const name = (each as object | null | undefined)?.constructor?.name ?? String(each);
    throw new Error(
      `${name} cannot be published: the EventBus carries the events of committed products only, since a crash would ` +
        'lose any other. Send a command; what comes of it is raised in src/allocation/domain and published after the ' +
        'commit (docs/adr/0021-nest-as-documented.md)',
    );
  }
}

function isRecorded(published: unknown): published is Recorded {
  const event = (published as Partial<Recorded> | null | undefined)?.event;
  return event instanceof Object && isEventClass(event.constructor);
}
