import { eventTypes } from '../../allocation/contracts';
import { isName } from '../../syntax';

/** Names that readers of the log have which are no handlers. */
const TAKEN = /^(broker$|webhook:)/;

/** A namesake of an event, which a module may well have, is none. */
/** Whether something is the class of an event that the domain raises. */
export function isEventClass(type: unknown): boolean {
  return typeof type === 'function' && (eventTypes as Record<string, unknown>)[type.name] === type;
}

/** What Nest knows of a class that is decorated as a handler of events. */
export interface HandlerFound {
  readonly className: string;
  /** By `@LogReader`, or that of its class. */
  readonly name: string;
  readonly beginsWith: unknown;
  /** Classes of events that it asks for. */
  readonly types: readonly { readonly name: string }[];
  /** Whether there is one instance of it for as long as the service runs. */
  readonly isStatic: boolean;
  /** Whether Nest has it as a provider, and not as a controller. */
  readonly isProvider: boolean;
  /** Whether it has the method. */
  readonly canHandle: boolean;
}

/**
 * Checks what would keep a handler from its events without a word, or give it those of somebody else.
 * @throws Error with what to do
 */
export function checkHandler(found: HandlerFound): void {
  const problem = problemOf(found);
  if (problem) throw new Error(`The event handler ${found.className} ${problem}`);
}

function problemOf(found: HandlerFound): string | undefined {
  const { name, beginsWith, types, isStatic, isProvider, canHandle } = found;
  const unknown = types.filter((type) => !isEventClass(type)).map((type) => type.name);
  if (!isProvider) return 'is a controller: list it under `providers` of its module';
  if (!isStatic)
    return 'is made anew for each request, or injects something that is, but events come without a request: take `scope` away';
  if (!canHandle) return 'has no method `handle(event, recorded)`: write one';
  if (unknown.length > 0)
    return `asks for ${unknown.join(', ')}, which nobody raises: @EventsHandler takes the classes of events that src/allocation/contracts.ts exports`;
  if (!isName(name))
    return 'has a name that cannot be stored: give @LogReader a `name` of 1 to 255 visible characters';
  if (TAKEN.test(name))
    return `is called ${name}, as a reader of another kind is: give @LogReader another \`name\``;
  if (beginsWith !== 'now' && beginsWith !== 'beginning')
    return `begins with ${String(beginsWith)}: say \`beginsWith: 'now'\` or \`'beginning'\` (@LogReader)`;
  return undefined;
}
