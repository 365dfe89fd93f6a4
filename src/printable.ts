/**
 * A text that others wrote, on one line: everything is escaped that could be more than a character on a line. That is
 * control characters, on which terminals act, ends of lines, and characters that turn the direction of writing or cannot
 * be seen. Ordinary text stays as it is.
 */
export function printable(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

/**
 * The beginning of a text of any length, with `…` where it was cut. A text that is to be printable is cut before, so that
 * no escape is.
 * @param length in UTF-16 code units; a character that would be halved goes, too
 */
export function excerpt(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text.slice(0, length).replace(/\p{Surrogate}$/u, '')}…`;
}

/** The same text, in one line when it is a heading with a single line below it. */
export function compact(message: string): string {
  return message.replace(/:\n {2}([^\n]*)$/, ': $1');
}

/** A count with its noun: `1 line`, `2 lines`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
