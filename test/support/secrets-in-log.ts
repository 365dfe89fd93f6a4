/** What a secret looks like, wherever it turns up. */
const SECRETS = [
  // A key, as clients send it.
  /sak_[\da-f]{64}/,
  // The secret of a webhook.
  /whsec_[\w+/]{24,}/,
  // A password in the URL of the database, of the mail server or of Redis; perhaps without a user.
  /[a-z]:\/\/[^\s/:@"']*:[^\s/@"'*]+@/i,
  // Credentials as a header has them.
  /\b(bearer|basic) +[\w.~+/-]{8,}/i,
];

/** The lines of a log that have a secret in them. */
export function secretsIn(lines: readonly string[]): string[] {
  return lines.filter((line) => SECRETS.some((secret) => secret.test(line)));
}
