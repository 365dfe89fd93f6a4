import type { Scope, ScopeOfBatchToChange } from '../../application/scope';

/** An order's line of a SKU. */
export interface LineKey {
  readonly sku: string;
  readonly orderId: string;
}

/** A quantity of a SKU that some line seeks, and how many lines seek any quantity of that SKU. */
export interface Sought {
  readonly sku: string;
  readonly qty: number;
  readonly lines: number;
}

/** What scopes name and seek: the one place that says so for PostgreSQL. */
export class Needed {
  readonly batches: string[] = [];
  readonly cuts: ScopeOfBatchToChange[] = [];
  readonly lines: LineKey[] = [];
  readonly newLines: { readonly sku: string; readonly qty: number }[] = [];
  private readonly moving = new Set<string>();

  constructor(scopes: readonly Scope[]) {
    for (const scope of scopes) this.add(scope);
  }

  /** Whether the line is one that is to move. */
  isMoving(line: LineKey): boolean {
    return this.moving.has(keyOf(line));
  }

  private add(scope: Scope): void {
    switch (scope.looksAt) {
      case 'batch':
        this.batches.push(scope.batchRef);
        break;
      case 'product':
        break;
      case 'line':
      case 'line to give back':
        this.lines.push(scope);
        break;
      case 'new line':
        this.lines.push(scope);
        this.newLines.push(scope);
        break;
      case 'line to move':
        this.lines.push(scope);
        this.moving.add(keyOf(scope));
        break;
      case 'batch to change':
        this.batches.push(scope.batchRef);
        this.cuts.push(scope);
        break;
      case 'batch to cut':
      case 'batch and lines':
      case 'question':
        throw new Error('What this looks at cannot be loaded from PostgreSQL yet');
      default:
        scope satisfies never;
    }
  }
}

/** What these lines seek batches for: those that are to be allocated, and those that will be moved. */
export function sought(seekers: readonly { readonly sku: string; readonly qty: number }[]): Sought[] {
  const quantities = new Map<string, { lines: number; distinct: Set<number> }>();
  for (const { sku, qty } of seekers) {
    const ofSku = quantities.get(sku) ?? { lines: 0, distinct: new Set() };
    quantities.set(sku, ofSku);
    ofSku.lines += 1;
    ofSku.distinct.add(qty);
  }
  return [...quantities].flatMap(([sku, { lines, distinct }]) =>
    [...distinct].map((qty) => ({ sku, qty, lines })),
  );
}

function keyOf({ sku, orderId }: LineKey): string {
  return `${orderId}\0${sku}`;
}
