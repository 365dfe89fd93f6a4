import type { KeyScope } from '../scopes';

/** A page of its own that a module adds to the board. */
export interface Panel {
  /** Names it in the address of the page: small letters and dashes. */
  readonly name: string;
  /** What its tab says. */
  readonly title: string;
  /** What a key must be allowed to do to be shown the page. */
  readonly scope: KeyScope;
  /** The path of an ES module, whose default export is a component of Preact: docs/write-a-module.md. */
  readonly file: string;
}
