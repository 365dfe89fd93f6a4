/** What a secret looks like, wherever it turns up. */
const SECRETS = [
  // A key, as clients send it.
  /sak_[\da-f]{64}/,
  // The secret of a webhook.
  /whsec_[\w+/]{24,}/,
  // A password in the URL of the database, of the mail server or of Redis; perhaps without a user. Messages show what such a
  // URL looks like.
  /[a-z]:\/\/(?!user:password@)[^\s/:@"']*:[^\s/@"'*]+@/i,
  // Credentials as a header has them.
  /\b(bearer|basic) +[\w.~+/-]{8,}/i,
];

/** What is shorter may be a word, such as the password `postgres`. */
const SHORTEST = 12;

/**
 * The lines of a log that have a secret in them.
 * @param settings of the process that wrote them: their secrets are sought as they are, without anything around them
 */
export function secretsIn(lines: readonly string[], settings: NodeJS.ProcessEnv = {}): string[] {
  const known = secretsOf(settings);
  return lines.filter(
    (line) => SECRETS.some((secret) => secret.test(line)) || known.some((secret) => line.includes(secret)),
  );
}

/** @throws Error with the lines that have a secret in them */
export function refuseSecrets(lines: readonly string[], settings?: NodeJS.ProcessEnv): void {
  const secrets = secretsIn(lines, settings);
  if (secrets.length > 0) throw new Error(`The log has secrets:\n${secrets.join('\n')}`);
}

/** The key of the secrets of webhooks, and the passwords of URLs, each as it is and as it is in the URL. */
function secretsOf({ WEBHOOKS_SECRET_KEY = '', ...settings }: NodeJS.ProcessEnv): string[] {
  const passwords = Object.values(settings)
    .filter((value) => value !== undefined && URL.canParse(value))
    .map((value) => new URL(value!).password);
  return [WEBHOOKS_SECRET_KEY, ...passwords, ...passwords.map(decoded)].filter(
    ({ length }) => length >= SHORTEST,
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A bare `%` stands for itself.
  }
}
