import { lookup as resolve, type LookupAddress } from 'node:dns';
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
 * Looks names up as ever, and answers with public addresses alone. It is asked at the moment of connecting and its answer
 * is what is connected to, so a name that changes its address in between (DNS rebinding) gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, '');
    const open = addresses.filter(({ address }) => isPublic(address));
    if (open.length === 0) return callback(new PrivateAddress(hostname), '');
    if (options.all) callback(null, open);
    else callback(null, open[0].address, open[0].family);
  });
};
