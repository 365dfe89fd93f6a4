/** What a key may do, and what a call asks for: docs/security.md has the table. `admin` contains the others. */
export const SCOPES = ['read', 'orders', 'stock', 'metrics', 'admin'] as const;

export type KeyScope = (typeof SCOPES)[number];

export function isScope(value: unknown): value is KeyScope {
  return SCOPES.includes(value as KeyScope);
}

/**
 * Whether whoever has these scopes may do what asks for `needed`. Whoever may create keys could create one that may do
 * anything, so `admin` may do it at once; of the others none contains another.
 */
export function allows(scopes: readonly KeyScope[], needed: KeyScope): boolean {
  return scopes.includes(needed) || scopes.includes('admin');
}
