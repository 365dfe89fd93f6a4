import { type Movement, movementOf, movementTypes, readEvent } from '../../allocation/contracts';

/**
 * Which events are movements of a batch, as an SQL condition that the index of movements is for.
 * @param sku an SQL expression, like `ref`, which has the collation "C"
 */
export const movementsOf = (sku: string, batchRef: string) =>
  `sku = ${sku} AND data->>'batchRef' = ${batchRef} AND type IN (${movementTypes.map((type) => `'${type}'`).join()})`;

/** What has to be read of such an event. */
export const MOVEMENT_COLUMNS = 'type, schema_version, sequence::float8 AS sequence, occurred_at, data';

export interface MovementEvent {
  readonly type: string;
  readonly schema_version: number;
  readonly sequence: number;
  readonly occurred_at: Date;
  readonly data: Record<string, unknown>;
}

/** @param event a movement */
export function readMovement({ type, schema_version, data }: MovementEvent): Movement {
  return movementOf(readEvent(type, schema_version, data)!)!;
}
