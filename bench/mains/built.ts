import { createRequire } from 'node:module';

const load = createRequire(__filename);

/**
 * A file of the built service, for a main file that runs it with something exchanged. Imported from src it
 * would be another copy of it.
 * @param file its path below dist
 */
export function built<T>(file: string): T {
  return load(`../../dist/${file}`) as T;
}

/**
 * Adds to what a module declares. What comes later wins, so a provider can be exchanged.
 * @param list `providers` or `controllers`
 */
export function addTo(module: object, list: string, member: unknown): void {
  const declared = (Reflect.getMetadata(list, module) ?? []) as unknown[];
  Reflect.defineMetadata(list, [...declared, member], module);
}
