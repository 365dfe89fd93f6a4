/** A path without the one under which a gateway shows the service: a gateway may leave that when it passes requests on. */
export function withoutBase(path: string, base: string): string {
  if (base === '' || !path.startsWith(base)) return path;
  const rest = path.slice(base.length);
  return /^[/?]|^$/.test(rest) ? rest.replace(/^(?!\/)/, '/') : path;
}
