import { excerpt, printable } from '../../src/printable';

describe('an excerpt', () => {
  test('is all of a text that is short enough, and else its beginning with … behind it', () => {
    expect(excerpt('12345', 5)).toBe('12345');
    expect(excerpt('123456', 5)).toBe('12345…');
    expect(excerpt('', 0)).toBe('');
  });

  test('leaves out a character that it would halve', () => {
    expect(excerpt('12😀45', 3)).toBe('12…');
    expect(excerpt('12😀45', 4)).toBe('12😀…');
  });

  test('of a text with control characters can be made printable with all of its escapes whole', () => {
    expect(printable(excerpt('\0'.repeat(9), 2))).toBe('\\u0000\\u0000…');
  });
});
