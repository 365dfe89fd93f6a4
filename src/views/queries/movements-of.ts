import { movementTypes } from '../../allocation/contracts';

/**
 * Which events are movements of a batch, as an SQL condition that the index of movements is for.
 * @param sku an SQL expression, like `ref`, which has the collation "C"
 */
export const movementsOf = (sku: string, ref: string) =>
  `sku = ${sku} AND data->>'batchRef' = ${ref} AND type IN (${movementTypes.map((type) => `'${type}'`).join()})`;
