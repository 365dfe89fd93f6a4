import { IsIn, IsNotEmpty } from 'class-validator';
import { WholeNumber } from '../config';

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

  @IsIn(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    message: 'must be one of fatal, error, warn, info, debug, trace, silent',
  })
  readonly LOG_LEVEL: string = 'info';
}
