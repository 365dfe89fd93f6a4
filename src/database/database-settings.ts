import { IsNotEmpty, IsOptional, ValidateBy } from 'class-validator';
import { WholeNumber } from '../config';
import { flawOfDatabaseUrl } from '../database-url';

/** Which database there is, and how many connections it is used with. */
export class DatabaseSettings {
  /** Absent: the service starts a PostgreSQL of its own. */
  @IsOptional()
  @ValidateBy({
    name: 'databaseUrl',
    validator: {
      validate: (value) => flawOfDatabaseUrl(String(value)) === undefined,
      defaultMessage: (args) => flawOfDatabaseUrl(String(args?.value)) ?? '',
    },
  })
  readonly DATABASE_URL?: string;

  /** One at least is left for commands while the broker, which may be slow, takes events out of a transaction. */
  @WholeNumber(2, 1000)
  readonly DATABASE_WRITE_CONNECTIONS: number = 10;

  @WholeNumber(1, 1000)
  readonly DATABASE_READ_CONNECTIONS: number = 10;

  @IsNotEmpty({ message: 'must name a folder' })
  readonly DATA_DIR: string = '.data';
}
