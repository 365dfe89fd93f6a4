import type { ApiDocument, Answered } from './api-document';

/** What no client may ever see. */
const SECRETS = /node_modules|\.[jt]s:\d|\\n +at |SELECT |INSERT |postgres:/;

const statusesWithoutCall = [400, 404, 405, 408, 413, 417, 431];

/**
 * Checks an answer by the document: its status, its media type, the schema of its body and its headers; that it is no
 * failure of the service; and that a request which breaks the schema of its body was not taken.
 * @returns what is wrong, one sentence each
 */
export function httpFindings(
  api: ApiDocument,
  request: { readonly method: string; readonly url: string; readonly body?: string | Buffer },
  answer: Answered,
): string[] {
  const { status, headers, body } = answer;
  const excerpt = body.slice(0, 300);
  const about = `${request.method} ${request.url.slice(0, 200)}: ${status}`;
  if (status >= 500) return [`${about} ${excerpt}`];
  const findings: string[] = [];
  if (status >= 400 && SECRETS.test(body)) findings.push(`${about} tells too much: ${excerpt}`);
  if (!headers['x-request-id']) findings.push(`${about} has no X-Request-Id`);

  const path = decodedPath(request.url);
  // The pages for people are no operations.
  if (path?.startsWith('/docs')) return findings;
  const call = path === undefined ? undefined : api.callOf(request.method, path);
  if (call && (status !== 400 || api.response(call, 400))) {
    // An answer to HEAD has the headers of the answer to GET.
    if (request.method !== 'HEAD') findings.push(...api.findings(call, answer));
    if (status < 300 && breaksSchema(api, call, request.body)) {
      findings.push(`${about} took ${String(request.body).slice(0, 300)}`);
    }
    return findings;
  }
  if (request.method === 'OPTIONS' && status === 204 && headers.allow) return findings;
  if (!statusesWithoutCall.includes(status)) findings.push(`${about} is not described`);
  if (status === 405 && !headers.allow) findings.push(`${about} has no Allow`);
  if (request.method === 'HEAD') return findings;
  if (!String(headers['content-type']).startsWith('application/problem+json')) {
    return [...findings, `${about} is ${String(headers['content-type'])}`];
  }
  const wrong = api.findingsIn(['components', 'schemas', 'Problem'], JSON.parse(body));
  return [...findings, ...wrong.map((each) => `${about}: ${each} in ${excerpt}`)];
}

/** The path as routes see it; undefined when it cannot be decoded. */
function decodedPath(url: string): string | undefined {
  try {
    decodeURIComponent(url);
    return decodeURI(url.replace(/^https?:\/\/[^/]*/i, '').replace(/[?#].*/s, ''));
  } catch {
    return undefined;
  }
}

/** Whether the body is none that the operation takes. Items of lists fail alone. */
function breaksSchema(
  api: ApiDocument,
  call: Parameters<ApiDocument['isBody']>[0],
  body?: string | Buffer,
): boolean {
  const { requestBody } = call.operation;
  if (!requestBody) return false;
  // A body that is null says as much as none.
  const isOptional = 'required' in requestBody && !requestBody.required;
  // A byte order mark may be ignored (RFC 8259, section 8.1), and is.
  const text = String(body ?? '').replace(/^\uFEFF/, '');
  if (isOptional && ['', 'null'].includes(text.trim())) return false;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return true;
  }
  const { items } = (value ?? {}) as { items?: unknown };
  return !Array.isArray(items) && !api.isBody(call, value);
}
