import fc from 'fast-check';
import { pauseAfter } from '../../src/notifications/mail/mail-sender';
import { printable } from '../../src/printable';
import { outOfStockMail, StockAlert, type StockChange } from '../../src/notifications/alerts/stock-alert';

const SKU = 'LAMP';
const arrival = (sequence: number): StockChange => ({ sku: SKU, sequence });
/** @param available pieces left in all batches; null: unknown */
const refusal = (sequence: number, available: number | null = 0): StockChange => ({
  sku: SKU,
  sequence,
  refusal: {
    eventId: `event-${sequence}`,
    orderId: `o${sequence}`,
    qty: 1,
    available,
    occurredAt: '2031-01-01T12:00:00.000Z',
  },
});

/** The orders that the buyers are told of. */
function notified(changes: readonly StockChange[], alert = new StockAlert(SKU)): string[] {
  return changes.flatMap((change) => alert.note(change)?.orderId ?? []);
}

describe('the buyers are told (rule 22)', () => {
  test('of the first refusal, and of no other until stock arrives', () => {
    expect(
      notified([arrival(1), refusal(2), refusal(3), refusal(4), arrival(5), refusal(6), refusal(7)]),
    ).toEqual(['o2', 'o6']);
  });

  test('of an oversized order, and once more when nothing at all is left', () => {
    expect(
      notified([
        arrival(1),
        refusal(2, 500),
        refusal(3, 400),
        refusal(4),
        refusal(5),
        refusal(6, 2),
        refusal(7),
      ]),
    ).toEqual(['o2', 'o4']);
  });

  test('once when nothing was left from the beginning, even if some pieces were given back', () => {
    expect(notified([refusal(2), refusal(3, 1), refusal(4)])).toEqual(['o2']);
  });

  test('of a refusal of which nobody knows what was left, and once more when nothing is', () => {
    expect(notified([refusal(2, null), refusal(3, null), refusal(4)])).toEqual(['o2', 'o4']);
  });

  test('once when that nothing is left turns up before the oversized order', () => {
    expect(notified([refusal(4), refusal(2, 500), refusal(3, 400)])).toEqual(['o4']);
  });

  test('of both again when an arrival turns up late that lies before both', () => {
    expect(
      notified([refusal(2, 500), refusal(4, 500), arrival(3), refusal(6), refusal(8), arrival(7)]),
    ).toEqual(['o2', 'o4', 'o6', 'o8']);
  });

  test('once of what is noted twice, even after stock has arrived', () => {
    expect(
      notified([refusal(2), refusal(2), arrival(3), refusal(2), arrival(3), refusal(4), refusal(4)]),
    ).toEqual(['o2', 'o4']);
  });

  test('nothing of a refusal that turns up after newer stock', () => {
    expect(notified([arrival(3), refusal(2)])).toEqual([]);
  });

  test('again when an arrival turns up late that lies between two refusals', () => {
    expect(notified([refusal(2), refusal(4), arrival(3)])).toEqual(['o2', 'o4']);
  });

  test('nothing more when an arrival turns up late that is older than what they were told of', () => {
    expect(notified([refusal(4), refusal(5), arrival(3)])).toEqual(['o4']);
  });
});

describe('whatever happens to stock', () => {
  const history = fc
    .array(fc.constantFrom('arrival' as const, 0, 3, null), { maxLength: 12 })
    .map((all) =>
      all.map((what, index) => (what === 'arrival' ? arrival(index + 1) : refusal(index + 1, what))),
    );
  /** Which stretch between two arrivals a change lies in. */
  const stretchOf = (all: readonly StockChange[], sequence: number) =>
    all.filter((change) => !change.refusal && change.sequence < sequence).length;
  /** By stretch, whether anything was left when the lines were refused that the buyers were told of. */
  const mailsOf = (all: readonly StockChange[], orders: readonly string[]) => {
    const mails = new Map<number, boolean[]>();
    for (const order of orders) {
      const { sequence, refusal: told } = all[Number(order.slice(1)) - 1];
      const stretch = stretchOf(all, sequence);
      mails.set(stretch, [...(mails.get(stretch) ?? []), told?.available === 0]);
    }
    return mails;
  };
  const EMPTY = true;
  const NOT_EMPTY = false;

  test('each stretch without new stock makes a mail, and one more when nothing is left, if noted in order', () => {
    fc.assert(
      fc.property(history, (all) => {
        const expected = new Map<number, boolean[]>();
        for (const { sequence, refusal: refused } of all) {
          if (!refused) continue;
          const stretch = stretchOf(all, sequence);
          const isEmpty = refused.available === 0;
          const before = expected.get(stretch);
          if (!before) expected.set(stretch, [isEmpty]);
          else if (isEmpty && !before.includes(EMPTY)) before.push(EMPTY);
        }
        expect(mailsOf(all, notified(all))).toEqual(expected);
      }),
    );
  });

  test('no stretch makes two mails that say the same, and the last one makes its mails, in any order with any repetitions', () => {
    const shuffled = history.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([all, noted]) => {
        const mails = mailsOf(all, notified(noted));
        for (const stretch of mails.values()) {
          expect([[EMPTY], [NOT_EMPTY], [NOT_EMPTY, EMPTY]]).toContainEqual(stretch);
        }
        const last = all.filter((change) => !change.refusal).length;
        const refusedNow = all.filter(
          ({ sequence, refusal: refused }) => refused && stretchOf(all, sequence) === last,
        );
        expect(mails.has(last)).toBe(refusedNow.length > 0);
        const isEmptyNow = refusedNow.some(({ refusal: refused }) => refused?.available === 0);
        expect(mails.get(last)?.includes(EMPTY) ?? false).toBe(isEmptyNow);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('the mail', () => {
  const mailOf = (sku: string, orderId = 'order-1', qty = 12, available: number | null = 3) =>
    outOfStockMail(
      sku,
      { eventId: 'e1', orderId, qty, available, occurredAt: '2031-01-01T12:00:00.000Z' },
      'stock@example.com',
    );

  test('says what happened', () => {
    expect(mailOf('SMALL-TABLE')).toEqual({
      id: 'e1',
      to: 'stock@example.com',
      subject: 'Out of stock for SMALL-TABLE',
      text:
        'No batch of SKU "SMALL-TABLE" has enough pieces left; all batches together have 3 pieces.\n' +
        'Order "order-1" asked for 12 pieces, on 2031-01-01T12:00:00.000Z.\n' +
        'No other mail about this SKU follows until an order finds nothing left at all, or stock of it arrives.\n',
    });
  });

  test('says that nothing is left', () => {
    expect(mailOf('SMALL-TABLE', 'order-1', 1, 0).text).toBe(
      'No batch of SKU "SMALL-TABLE" has anything left.\n' +
        'Order "order-1" asked for 1 piece, on 2031-01-01T12:00:00.000Z.\n' +
        'No other mail about this SKU follows until stock of it arrives.\n',
    );
  });

  test('does not say what is left when nobody knows', () => {
    expect(mailOf('SMALL-TABLE', 'order-1', 12, null).text).toContain(
      'No batch of SKU "SMALL-TABLE" has enough pieces left.\n',
    );
  });

  test.each(['SMALL-TABLE', 'Bücherregal 3/4"', 'a\\b', '北欧の椅子', 'x=1?', ' spaced  out '])(
    'has the SKU %s in its subject as it is',
    (sku) => {
      expect(mailOf(sku).subject).toBe(`Out of stock for ${sku}`);
    },
  );

  test.each([
    ['line breaks', 'X\r\nBcc: spy@example.com', 'X\\u000d\\u000aBcc: spy@example.com'],
    ['exotic line breaks', 'a\u2028b\u0085c\u2029d', 'a\\u2028b\\u0085c\\u2029d'],
    ['a change of the direction of writing', 'a\u202eb', 'a\\u202eb'],
    ['an encoded word', '=?utf-8?Q?=0ABcc:_x?=', '\\u003d?utf-8?Q?=0ABcc:_x?='],
    ['tags, which are invisible', 'a\u{e0041}', 'a\\udb40\\udc41'],
  ])('shows %s instead of obeying them', (_, sku, shown) => {
    expect(mailOf(sku).subject).toBe(`Out of stock for ${shown}`);
  });

  test('has a subject of one line and a text of three, whatever the SKU and the order are called', () => {
    const name = fc.string({ unit: 'binary', minLength: 1, maxLength: 255 });
    fc.assert(
      fc.property(name, name, (sku, orderId) => {
        const { subject, text } = mailOf(sku, orderId);
        expect(subject).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
        expect(text.split(/[\n\r\v\f\x85\u2028\u2029]/)).toHaveLength(4);
        expect(printable(text.replaceAll('\n', ''))).toBe(text.replaceAll('\n', ''));
        const [, quoted] = /SKU (".*") has/u.exec(text)!;
        expect(JSON.parse(quoted)).toBe(sku);
      }),
    );
  });
});

test('pauses grow from a second to five minutes, each with jitter', () => {
  for (const [attempt, longest] of [
    [1, 1_000],
    [2, 2_000],
    [6, 32_000],
    [9, 256_000],
    [10, 300_000],
    [5_000, 300_000],
  ]) {
    const pauses = Array.from({ length: 200 }, () => pauseAfter(attempt));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(longest);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(longest / 2);
    expect(Math.max(...pauses) - Math.min(...pauses)).toBeGreaterThan(longest / 4);
  }
});
