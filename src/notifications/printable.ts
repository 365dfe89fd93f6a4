/**
 * The text with everything escaped that could be more than a character on a line: control characters
 * and line breaks (a new header), characters that turn the direction of writing, and `=?`, with which
 * an encoded word begins that mail programs would decode (RFC 2047). Ordinary text stays as it is.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]|=(?=\?)/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

/** The text as a JSON string that is printable. */
export function quoted(text: string): string {
  return printable(JSON.stringify(text));
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
