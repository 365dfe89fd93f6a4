import { addTo } from '../../../group-by';
import { orderIn, type Scope, type ScopeOfQuestion } from '../../application/scope';
import { type LineKey, lineKey } from '../../domain/order-line';

/** A quantity of a SKU that some line seeks, and how many lines seek any quantity of that SKU. */
export interface Sought {
  readonly sku: string;
  readonly qty: number;
  readonly lines: number;
}

/** Lines may have to leave a batch. */
export interface Cut {
  /** How many pieces it is to hold, or how many fewer than now. */
  readonly qty?: number;
  readonly pieces?: number;
  /** Every line may leave it, however many pieces it is to hold. */
  readonly isOfAll: boolean;
}

/** A batch that gets pieces: so many more, or so many in all. */
export interface Gain {
  readonly sku: string;
  readonly batchRef: string;
  readonly adds?: number;
  readonly qty?: number;
}

/** What scopes name and seek: the one place that says so for PostgreSQL. */
export class Needed {
  readonly skus: readonly string[];
  readonly batches: string[] = [];
  /** By batch. */
  readonly cuts = new Map<string, Cut[]>();
  readonly gains: Gain[] = [];
  readonly lines: LineKey[] = [];
  readonly newLines: { readonly sku: string; readonly qty: number }[] = [];
  readonly questions: ScopeOfQuestion[] = [];
  private readonly moving = new Set<string>();
  private readonly givenBack = new Set<string>();

  constructor(private readonly scopes: readonly Scope[]) {
    this.skus = [...new Set(scopes.map(({ sku }) => sku))];
    for (const scope of scopes) this.add(scope);
  }

  /** Whether the line is one that is to move. */
  isMoving(line: LineKey): boolean {
    return this.moving.has(lineKey(line));
  }

  /** Whether the line is one that may give its pieces back. */
  isGivenBack(line: LineKey): boolean {
    return this.givenBack.has(lineKey(line));
  }

  /** How many units look at the product. */
  unitsOf(sku: string): number {
    return this.scopes.filter((scope) => scope.sku === sku).length;
  }

  /** How many of them name a line. */
  linesOf(sku: string): number {
    return this.scopes.filter((scope) => scope.sku === sku && orderIn(scope) !== undefined).length;
  }

  private add(scope: Scope): void {
    switch (scope.looksAt) {
      case 'product':
        break;
      case 'batch':
        this.batches.push(scope.batchRef);
        if (scope.adds !== undefined) this.gains.push(scope);
        break;
      case 'line':
        this.lines.push(scope);
        break;
      case 'new line':
        this.lines.push(scope);
        this.newLines.push(scope);
        break;
      case 'line to give back':
        this.lines.push(scope);
        this.givenBack.add(lineKey(scope));
        break;
      case 'line to move':
        this.lines.push(scope);
        this.givenBack.add(lineKey(scope));
        this.moving.add(lineKey(scope));
        if (scope.qty !== undefined) this.newLines.push({ sku: scope.sku, qty: scope.qty });
        break;
      case 'batch to change':
      case 'batch to cut':
        this.batches.push(scope.batchRef);
        addTo(this.cuts, scope.batchRef, { ...scope, isOfAll: false });
        if (scope.looksAt === 'batch to change') this.gains.push(scope);
        break;
      case 'batch and lines':
        this.batches.push(scope.batchRef);
        addTo(this.cuts, scope.batchRef, { ...scope, isOfAll: true });
        if (scope.qty !== undefined) this.gains.push(scope);
        break;
      case 'question':
        this.lines.push(scope);
        this.questions.push(scope);
        break;
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
