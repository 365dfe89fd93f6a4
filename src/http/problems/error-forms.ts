import type { Problem, ProblemType } from './problems';

/** What goes over the wire when a request does not succeed. */
export interface ErrorAnswer {
  readonly status: number;
  readonly mediaType: 'application/problem+json' | 'application/json';
  readonly body: Problem | { readonly message: string };
}

/** How a face of the service answers errors, and what such an answer looks like. */
export interface ErrorForm {
  readonly answer: (problem: Problem, type?: ProblemType) => ErrorAnswer;
  readonly schema: string;
  /** How the names of its answers begin in the document. */
  readonly prefix: string;
}

export const versionOne: ErrorForm = {
  answer: (problem) => ({ status: problem.status, mediaType: 'application/problem+json', body: problem }),
  schema: 'Problem',
  prefix: '',
};

/** The book's API has always a `message`, and for some errors nothing else. */
export const book: ErrorForm = {
  answer: (problem, type) =>
    type?.bookStatus === undefined
      ? {
          status: problem.status,
          mediaType: 'application/problem+json',
          body: { ...problem, message: problem.detail },
        }
      : { status: type.bookStatus, mediaType: 'application/json', body: { message: problem.detail } },
  schema: 'BookProblem',
  prefix: 'Book',
};
