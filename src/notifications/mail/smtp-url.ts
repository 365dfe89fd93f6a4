/** What `isSmtpUrl` asks for, to be said after the name of the setting. */
export const SMTP_URL_RULE =
  'must look like smtp://user:password@host:25, with special characters percent-encoded, such as % as %25';

/** Whether the driver can take it apart; it would throw later, and show the password. */
export function isSmtpUrl(value: unknown): boolean {
  if (typeof value !== 'string' || !/^smtps?:\/\/[^\s/?#]/.test(value) || !URL.canParse(value)) return false;
  const { hostname, username, password } = new URL(value);
  try {
    return hostname !== '' && decodeURIComponent(username + password) !== undefined;
  } catch {
    return false;
  }
}
