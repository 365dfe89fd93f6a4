import { counted, printable } from '../../printable';

/** `=?` is escaped as well: an encoded word begins with it, which mail programs would decode (RFC 2047). */
export function inMail(text: string): string {
  return printable(text).replaceAll('=?', '\\u003d?');
}

/** The text as a JSON string. */
export function quoted(text: string): string {
  return inMail(JSON.stringify(text));
}

export function pieces(count: number): string {
  return counted(count, 'piece');
}
