import type { LookupAddress } from 'node:dns';
import { lookup, resolve4, resolve6 } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { IPv6, parse } from 'ipaddr.js';

/** The addresses of IPv6 that lead to single machines all over the internet (RFC 4291, section 2.4, and IANA). */
const GLOBAL_IPV6 = IPv6.parseCIDR('2000::/3');

/** An address of a private network, of this machine, or of no machine at all. */
export class PrivateAddress extends Error {
  constructor(host: string) {
    super(
      `${host} is in a private network, where webhooks are not sent; WEBHOOKS_ALLOW_PRIVATE=true would allow it`,
    );
  }
}

/**
 * Whether an address is one of the public internet. One of IPv6 that stands for one of IPv4 (mapped, 6to4, Teredo, NAT64)
 * is none, since it may lead anywhere.
 */
export function isPublic(address: string): boolean {
  const parsed = parse(address);
  return parsed.range() === 'unicast' && (!(parsed instanceof IPv6) || parsed.match(GLOBAL_IPV6));
}

/**
 * Refuses a host that is written as an address, which is never looked up.
 * @param hostname as by URL.hostname
 * @throws PrivateAddress
 */
export function checkLiteral(hostname: string): void {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(host) && !isPublic(host)) throw new PrivateAddress(host);
}

/**
 * Looks names up, and answers with public addresses alone. It is asked at the moment of connecting and its answer is what is
 * connected to, so a name that changes its address in between (DNS rebinding) gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  void addressesOf(hostname).then(
    (addresses) => {
      const open = addresses.filter(({ address }) => isPublic(address));
      if (open.length === 0) return callback(new PrivateAddress(hostname), '');
      if (options.all) callback(null, open);
      else callback(null, open[0].address, open[0].family);
    },
    (error: NodeJS.ErrnoException) => callback(error, ''),
  );
};

/** What DNS answers when a name has no address of that kind. */
const NOT_THERE = ['ENOTFOUND', 'ENODATA'];

/**
 * Asks DNS itself. The system's way to look names up holds one of four threads of the process until it has an answer: a few
 * names whose servers are silent would hold up the names of the database, of Redis and of the mail server. It is left for names
 * that DNS does not know, such as those of the file `hosts`.
 */
async function addressesOf(hostname: string): Promise<LookupAddress[]> {
  const answers = await Promise.allSettled([resolve4(hostname), resolve6(hostname)]);
  const found = answers.flatMap((answer, index) =>
    answer.status === 'fulfilled'
      ? answer.value.map((address) => ({ address, family: index === 0 ? 4 : 6 }))
      : [],
  );
  if (found.length > 0) return found;
  for (const answer of answers)
    if (
      answer.status === 'rejected' &&
      !NOT_THERE.includes((answer.reason as NodeJS.ErrnoException).code ?? '')
    )
      throw answer.reason;
  return lookup(hostname, { all: true });
}
