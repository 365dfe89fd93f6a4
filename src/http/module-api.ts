import type { ProblemType } from './problems/problems';

/** What a module brings to the HTTP interface besides its controllers. */
export interface ModuleApi {
  /** What its calls may be refused for. */
  readonly problems?: Readonly<Record<string, ProblemType>>;
  /** What whoever reads the OpenAPI document should know of it first, in Markdown. */
  readonly description?: string;
  /** The groups of calls that it adds to those there are. */
  readonly tags?: readonly { readonly name: string; readonly description: string }[];
}

/** The types of problems that modules bring. */
export function problemsOf(modules: readonly ModuleApi[]): ProblemType[] {
  return modules.flatMap(({ problems = {} }) => Object.values(problems));
}
