import { IsIn, IsNotEmpty, IsOptional, Matches } from 'class-validator';
import { isValid, isValidCIDR } from 'ipaddr.js';
import { ListOf, WholeNumber } from '../config';

/** Where the service listens, how it stops, and what it logs. */
export class HttpSettings {
  @WholeNumber(0, 65_535)
  readonly PORT: number = 3000;

  @IsNotEmpty({ message: 'must name an address to listen on, such as 127.0.0.1' })
  readonly HOST: string = '127.0.0.1';

  /** Seconds after SIGTERM in which the service goes on as ever, but says that it is not ready. */
  @WholeNumber(0, 3600)
  readonly SHUTDOWN_DELAY: number = 1;

  /** Seconds after that in which the requests under way are finished. */
  @WholeNumber(0, 3600)
  readonly SHUTDOWN_GRACE: number = 7;

  /** Requests a second that one key may send to this instance; 0: as many as it likes. */
  @WholeNumber(0, 1_000_000)
  readonly RATE_LIMIT_PER_KEY: number = 10_000;

  /** The same for one address without a key. */
  @WholeNumber(0, 1_000_000)
  readonly RATE_LIMIT_PER_ADDRESS: number = 100;

  /** Origins whose pages may call the service. */
  @ListOf(isOrigin, 'must be origins such as https://shop.example, separated by commas')
  readonly CORS_ORIGINS?: readonly string[];

  /** Under which a gateway shows the service. */
  @IsOptional()
  @Matches(/^(\/[\w.~-]+)+$/, { message: 'must be a path such as /stock, without a slash at its end' })
  readonly BASE_PATH?: string;

  /** Gateways whose word for the address of a client is taken. */
  @ListOf(isNetwork, 'must be addresses or networks such as 10.0.0.0/8, separated by commas')
  readonly TRUSTED_PROXIES?: readonly string[];

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'must be one of fatal, error, warn, info, debug, trace, silent',
  })
  readonly LOG_LEVEL: string = 'info';
}

/** As browsers send it, so that it can be compared. */
function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isNetwork(text: string): boolean {
  return isValid(text) || isValidCIDR(text);
}
