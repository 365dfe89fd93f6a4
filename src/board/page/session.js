// Who is signed in, and what the key may do.
import { get, send } from './api.js';

let session = { name: null, scopes: [], panels: [] };

/** @throws Problem when nobody is signed in who has to be */
export async function loadSession() {
  session = await get('v1/session');
  return session;
}

export const signIn = (key) => send('POST', 'v1/session', { key });
export const signOut = () => send('DELETE', 'v1/session');

/** Whether the key may do what asks for the scope; `admin` contains the others. */
export const may = (scope) => session.scopes.includes(scope) || session.scopes.includes('admin');
