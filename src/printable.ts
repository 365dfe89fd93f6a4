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
