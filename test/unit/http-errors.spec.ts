import * as contracts from '../../src/allocation/contracts';
import { ErrorAnswers } from '../../src/http/problems/error-answers';
import { book } from '../../src/http/problems/error-forms';
import { problemTypes } from '../../src/http/problems/problems';

const answers = new ErrorAnswers(Object.values(contracts.allocationProblems));

const domainErrors = Object.values(contracts as Record<string, unknown>).filter(
  (value): value is typeof contracts.DomainError =>
    typeof value === 'function' && value.prototype instanceof contracts.DomainError,
);

test.each(domainErrors.map((type) => [type.name, type] as const))(
  'what the business refuses is never a mistake of the service: %s',
  (_name, type) => {
    const error = Object.create(type.prototype) as Error;
    expect(answers.answer(error, '1').status).toBeLessThan(500);
    expect(answers.answer(error, '1', book).status).toBeLessThan(500);
  },
);

describe('two modules', () => {
  class Closed extends Error {}
  class ClosedToday extends Closed {}
  const type = { status: 409, title: 'Closed', meaning: 'Come back.' };
  const { closed } = problemTypes({ closed: { ...type, example: new Closed() } });

  test('cannot both bring a type of problem of the same name', () => {
    expect(() => new ErrorAnswers([closed, problemTypes({ closed: type }).closed])).toThrow(
      'Two types of problems are called closed',
    );
  });

  test('cannot both bring a type of problem for the same errors', () => {
    const { shut } = problemTypes({ shut: { ...type, example: new Closed() } });
    expect(() => new ErrorAnswers([closed, shut])).toThrow('Two types of problems are for Closed');
  });

  test('may bring two of which one is for some of the errors of the other', () => {
    const { today } = problemTypes({ today: { ...type, example: new ClosedToday() } });
    const both = new ErrorAnswers([closed, today]);
    expect(both.problem(new ClosedToday(), '1').type).toBe('/problems/today');
    expect(both.problem(new Closed(), '1').type).toBe('/problems/closed');
  });
});
