import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { assert, constantFrom, date, integer, oneof, property, string } from 'fast-check';
import { BatchRequest } from '../../src/allocation/entrypoints/requests';
import { BadRow, Fields } from '../../src/csv/fields';
import { NAME_RULE } from '../../src/syntax';

/** What the fields of a row are taken for, or what is wrong with them. */
function take(batchRef: string, qty = '1', eta = '') {
  const fields = new Fields({ ref: batchRef, qty, eta });
  const taken = { ref: fields.name('ref'), qty: fields.quantity('qty'), eta: fields.optionalDay('eta') };
  fields.check();
  return taken;
}

test('fields of a row are taken as text, whole numbers and days', () => {
  expect(take('b1', '12', '2031-02-28')).toEqual({ ref: 'b1', qty: 12, eta: '2031-02-28' });
  expect(take('😀'.repeat(255), '2147483647', '')).toEqual({
    ref: '😀'.repeat(255),
    qty: 2147483647,
    eta: null,
  });
  expect(take('b 1', '007')).toEqual({ ref: 'b 1', qty: 7, eta: null });
});

const quantityRule = 'qty must be a whole number from 1 to 2147483647';
const nameRule = `ref ${NAME_RULE}`;
const dayRule = 'eta must be a day of the calendar as YYYY-MM-DD, or empty';

test.each([
  ['no reference', ['', '1'], 'ref is missing'],
  ['a long reference', ['x'.repeat(256)], `${nameRule}, not "${'x'.repeat(40)}…"`],
  ['a line end', ['b\n1'], `${nameRule}, not "b\\n1"`],
  ['NUL', ['b\0'], `${nameRule}, not "b\\u0000"`],
  ['no quantity', ['b1', ''], 'qty is missing'],
  ['a word', ['b1', 'ten'], `${quantityRule}, not "ten"`],
  ['a fraction', ['b1', '1.5'], `${quantityRule}, not "1.5"`],
  ['zero', ['b1', '0'], `${quantityRule}, not "0"`],
  ['a negative quantity', ['b1', '-1'], `${quantityRule}, not "-1"`],
  ['a quantity that is too large', ['b1', '2147483648'], `${quantityRule}, not "2147483648"`],
  ['an exponent', ['b1', '1e3'], `${quantityRule}, not "1e3"`],
  ['another way to write days', ['b1', '1', '28.02.2031'], `${dayRule}, not "28.02.2031"`],
  ['a day that is none', ['b1', '1', '2031-02-29'], `${dayRule}, not "2031-02-29"`],
  ['everything at once', ['', 'x', 'y'], `ref is missing; ${quantityRule}, not "x"; ${dayRule}, not "y"`],
])('a row is refused with %s', (_, row, reason) => {
  expect(() => take(...(row as [string]))).toThrow(new BadRow(reason));
});

/** What the fields of a row that may be left out are taken for. */
function takeTerms(values: {
  priority?: string;
  wait?: string;
  until?: string;
  reason?: string;
  note?: string;
}) {
  const fields = new Fields({ reason: 'lost', until: '2031-01-31T12:00Z', ...values });
  const taken = {
    priority: fields.optionalInteger('priority', [-5, 5]),
    wait: fields.optionalFlag('wait'),
    until: fields.instant('until'),
    reason: fields.oneOf('reason', ['lost', 'found']),
    note: fields.optionalText('note'),
  };
  fields.check();
  return taken;
}

test('what a row leaves out, or has no column for, is not there', () => {
  const nothing = { until: '2031-01-31T12:00:00.000Z', reason: 'lost', note: null };
  expect(takeTerms({})).toEqual(nothing);
  expect(takeTerms({ priority: '', wait: '', note: '' })).toEqual(nothing);
});

test('numbers have signs, flags are written as spreadsheets do, and instants come in many precisions', () => {
  expect(takeTerms({ priority: '-5', wait: 'TRUE', note: 'two legs' })).toMatchObject({
    priority: -5,
    wait: true,
    note: 'two legs',
  });
  expect(takeTerms({ priority: '+3', wait: 'false' })).toMatchObject({ priority: 3, wait: false });
  expect(takeTerms({ until: '2031-01-31T12:00:01.5Z' }).until).toBe('2031-01-31T12:00:01.500Z');
});

test.each([
  ['a number out of bounds', { priority: '6' }, 'priority must be a whole number from -5 to 5, not "6"'],
  ['a fraction', { priority: '1.0' }, 'priority must be a whole number from -5 to 5, not "1.0"'],
  ['another word for true', { wait: 'yes' }, 'wait must be true or false, or empty, not "yes"'],
  [
    'a day for a time',
    { until: '2031-01-31' },
    'until must be a time such as 2031-01-31T12:00:00Z, not "2031-01-31"',
  ],
  ['a time that is none', { until: '2031-02-29T12:00Z' }, /^until must be a time/],
  ['a reason that is none', { reason: 'stolen' }, 'reason must be one of lost, found, not "stolen"'],
  ['no reason', { reason: '' }, 'reason is missing'],
] as const)('a row is refused that has %s', (_, values, reason) => {
  expect(() => takeTerms(values)).toThrow(typeof reason === 'string' ? new BadRow(reason) : reason);
});

test('fields of a row may be what HTTP accepts, and nothing else', () => {
  const text = string({
    unit: constantFrom('a', 'b', '.', ' ', '\0', 'é', '😀', '\n', '\u200b'),
    minLength: 1,
    maxLength: 300,
    size: 'max',
  });
  const anyText = oneof(text, constantFrom('.', '..', 'a b', 'b1'));
  const quantity = oneof(integer(), constantFrom(0, 1, 2147483647, 2147483648, 1.5));
  const day = oneof(
    date({ noInvalidDate: true }).map((some) => some.toISOString().slice(0, 10)),
    constantFrom('2031-02-29', '2032-02-29', '0000-01-01', '0001-01-01', '2031-2-1', '2031-13-01'),
  );
  assert(
    property(anyText, quantity, day, (batchRef, qty, eta) => {
      const errors = validateSync(plainToInstance(BatchRequest, { ref: batchRef, sku: 'LAMP', qty, eta }));
      if (errors.length === 0) expect(take(batchRef, String(qty), eta)).toEqual({ ref: batchRef, qty, eta });
      else expect(() => take(batchRef, String(qty), eta)).toThrow(BadRow);
    }),
    { numRuns: 1000 },
  );
});
