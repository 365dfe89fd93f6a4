import { assert, constantFrom, property, string } from 'fast-check';
import { MOST_PIECES } from '../../src/allocation/domain/batch';
import { isName, isText, isTime, LARGEST_QUANTITY, misspellings, NAME_PATTERN } from '../../src/syntax';

describe('a new name', () => {
  test.each([
    'a',
    '.a',
    '...',
    '-',
    'a b',
    'SOFA-3',
    'größe',
    'میز\u200cناهارخوری',
    '👨\u200d👩\u200d👧',
    '❤\ufe0f',
    'ᄒ\u1160ᆫ글',
    '⠓⠊\u2800⠽⠕⠥',
    '😀'.repeat(255),
    '%00',
  ])('may be %j', (name) => expect(isName(name)).toBe(true));

  test.each([
    ['nothing', ''],
    ['the folder itself', '.'],
    ['the folder above', '..'],
    ['a blank', ' '],
    ['a blank before it', ' a'],
    ['a blank behind it', 'a '],
    ['a line end behind it', 'a\n'],
    ['another blank behind it', 'a\u00a0'],
    ['a blank of another script before it', '\u3000a'],
    ['a filler of Hangul', '\u3164'],
    ['a filler of Hangul at half the width', '\uffa0'],
    ['a filler for an initial', '\u115f'],
    ['a filler for a vowel behind it', 'a\u1160'],
    ['Braille without a dot', '\u2800'],
    ['Braille without a dot before it', '\u2800a'],
    ['a joiner that joins nothing', '\u200d'],
    ['a form of nothing', '\ufe0f'],
    ['a tab', 'a\tb'],
    ['a line end', 'a\nb'],
    ['an escape, for terminals', 'a\u001b[31mb'],
    ['DEL', 'a\u007fb'],
    ['an escape of C1', 'a\u009bb'],
    ['a line separator', 'a\u2028b'],
    ['a paragraph separator', 'a\u2029b'],
    ['the other direction of writing', 'a\u202eb'],
    ['an isolate', 'a\u2066b'],
    ['a mark of direction', 'ab\u200f'],
    ['a blank without width', 'a\u200bb'],
    ['a byte order mark', '\ufeffab'],
    ['a soft hyphen', 'a\u00adb'],
    ['more than 255 characters', 'x'.repeat(256)],
    ['half a surrogate pair', 'a\ud800'],
  ])('is not %s', (_, name) => expect(isName(name)).toBe(false));

  test('can be stored; of what can be stored all can be looked for', () => {
    const unit = constantFrom('a', '.', ' ', '\0', '\n', '\u200b', '\ud800', '😀');
    assert(
      property(string({ unit, maxLength: 4 }), (text) => {
        if (isName(text)) expect(isText(text)).toBe(true);
      }),
    );
    expect(isText('..') && isText('a\n')).toBe(true);
  });

  test('follows the documented pattern where a language knows no Unicode mode', () => {
    for (const name of ['sofa', 'plush-tables', '😀']) expect(new RegExp(NAME_PATTERN).test(name)).toBe(true);
    for (const name of ['so\tfa', ' sofa', 'sofa\u2028', '\u3164'])
      expect(new RegExp(NAME_PATTERN).test(name)).toBe(false);
  });
});

describe('a misspelt field', () => {
  const known = ['orderId', 'eta', 'qty'];
  test.each([
    ['ETA', 'eta'],
    ['Eta', 'eta'],
    ['et', 'eta'],
    ['ea', 'eta'],
    ['eat', 'eta'],
    ['tea', 'eta'],
    ['etta', 'eta'],
    [' eta', 'eta'],
    ['eto', 'eta'],
    ['Etta', 'eta'],
    ['qt', 'qty'],
    ['orderid', 'orderId'],
    ['order_id', 'orderId'],
    ['ordrId', 'orderId'],
    ['rOderId', 'orderId'],
  ])('%s is taken for %s', (field, meant) => {
    expect(misspellings(['note', field], known)).toEqual([{ field, meant }]);
  });

  test.each(['note', 'e', 'edta1', 'etaat', 'date', 'data', 'aet', 'orders', 'ordererId', '', 'toString'])(
    '%s is another field',
    (field) => expect(misspellings([field], known)).toEqual([]),
  );

  test('is no field that is known', () => {
    expect(misspellings(['eta', 'etas'], ['eta', 'etas'])).toEqual([]);
  });

  test('is not looked for under a short name beside it, where many words are close, but for its case', () => {
    expect(misspellings(['eta', 'meta'], known)).toEqual([]);
    expect(misspellings(['eta', 'ETA'], known)).toEqual([{ field: 'ETA', meant: 'eta' }]);
    expect(misspellings(['orderId', 'ordersId'], known)).toEqual([{ field: 'ordersId', meant: 'orderId' }]);
  });

  test('of two letters differs by its case alone', () => {
    expect(misspellings(['ip', 'uid', 'i', 'di'], ['id'])).toEqual([]);
    expect(misspellings(['ID'], ['id'])).toEqual([{ field: 'ID', meant: 'id' }]);
  });

  test('is told once, however many there are', () => {
    const many = Array.from({ length: 20_000 }, (_, index) => `e${String.fromCharCode(0x4e00 + index)}a`);
    expect(misspellings(many, known)).toEqual([{ field: many[0], meant: 'eta' }]);
  });
});

test('the largest quantity that can be asked for is all that a batch can have', () => {
  expect(LARGEST_QUANTITY).toBe(MOST_PIECES);
});

describe('a time', () => {
  test.each([
    '2031-01-31T12:00:00Z',
    '2031-01-31T12:00:00.123456Z',
    '2031-01-31T12:00:00+01:00',
    '2028-02-29T23:59:59-11:30',
  ])('may be %s', (time) => expect(isTime(time)).toBe(true));

  test.each([
    '2031-01-31',
    '2031-01-31T12:00:00',
    '2031-W05',
    '20310131T120000Z',
    '2031-02-29T12:00:00Z',
    '2031-01-31T25:00:00Z',
    '5',
    null,
  ])('may not be %s', (time) => expect(isTime(time)).toBe(false));
});
