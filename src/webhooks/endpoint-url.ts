const MAX_LENGTH = 2_048;

/** What `isEndpointUrl` asks for, to be said after the name of a field. */
export const URL_RULE = `must be an http or https URL of up to ${MAX_LENGTH} characters, without a user and a password`;

/** Whether events can be posted there. What its address is is looked at when connecting, not here. */
export function isEndpointUrl(value: unknown): value is string {
  // What URL would take, but leave out or escape.
  if (typeof value !== 'string' || value.length > MAX_LENGTH || /[\s\p{C}]/u.test(value)) return false;
  if (!URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return ['http:', 'https:'].includes(protocol) && username === '' && password === '';
}
