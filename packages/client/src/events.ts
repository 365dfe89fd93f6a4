import type { components as EventComponents } from './generated/events.ts';
import type { components } from './generated/openapi.ts';

type DataByType = EventComponents['schemas'];

/** The names of events, by which they are asked for. */
export type EventType = keyof DataByType;

/** Something that happened, as a CloudEvent. */
export type StockEvent = components['schemas']['CloudEventView'];

/** One of a type, with the data of that. */
export type EventOf<Type extends EventType> = Omit<StockEvent, 'data'> & { data: DataByType[Type] };

/**
 * Whether an event is of a type: its data is that of the type then. Types are known by their names; a newer version of
 * the service may say more in them.
 */
export function isEvent<Type extends EventType>(event: StockEvent, type: Type): event is EventOf<Type> {
  return event.type.startsWith(`allocation.${type}.v`);
}
