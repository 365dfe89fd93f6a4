import * as contracts from '../../src/allocation/contracts';
import { answerTo, bookAnswerTo } from '../../src/http/error-answers';

const domainErrors = Object.values(contracts as Record<string, unknown>).filter(
  (value): value is typeof contracts.DomainError =>
    typeof value === 'function' && value.prototype instanceof contracts.DomainError,
);

test.each(domainErrors.map((type) => [type.name, type] as const))(
  'what the business refuses is never a mistake of the service: %s',
  (_name, type) => {
    const error = Object.create(type.prototype) as Error;
    expect(answerTo(error, '1').status).toBeLessThan(500);
    expect(bookAnswerTo(error, '1').status).toBeLessThan(500);
  },
);
