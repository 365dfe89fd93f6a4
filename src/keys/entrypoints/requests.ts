import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { IsUUID, ValidateBy } from 'class-validator';
import { Name, OptionalInteger, OptionalTime } from '../../http/requests/fields';
import { AfterId, Limit } from '../../http/requests/page';
import { isScope, SCOPES, type KeyScope } from '../../scopes';
import { LONGEST_OVERLAP, OVERLAP } from '../key';

/** Some of the scopes, each once. */
function Scopes(): PropertyDecorator {
  const isListOfScopes = (value: unknown) =>
    Array.isArray(value) && value.length > 0 && value.every(isScope) && new Set(value).size === value.length;
  const defaultMessage = () => `must be a list of some of ${SCOPES.join(', ')}, each once`;
  return applyDecorators(
    ValidateBy({ name: 'scopes', validator: { validate: isListOfScopes, defaultMessage } }),
    ApiProperty({
      type: [String],
      enum: SCOPES,
      minItems: 1,
      uniqueItems: true,
      example: ['orders', 'read'],
      description: 'What the key may do. `admin` contains the others.',
    }),
  );
}

export class KeyPath {
  @IsUUID(undefined, { message: 'must be the id of a key, a UUID' })
  @ApiProperty({ format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab', description: 'The key.' })
  id!: string;
}

export class KeyPageQuery {
  @Limit()
  limit: string = '100';

  @AfterId()
  after?: string;
}

export class KeyRequest {
  @Name('Whom the key is for.', 'shop')
  name!: string;

  @Scopes()
  scopes!: KeyScope[];

  @OptionalTime('From when on it is good no more; null: it is good until it is revoked.', {
    or: 'null',
    example: '2031-01-31T12:00:00Z',
  })
  expiresAt?: string | null;
}

export class KeyRotationRequest {
  @OptionalInteger(
    `For how many seconds the secret of before is good, too; ${OVERLAP} (a day) when left out, and 0 for not at all.`,
    OVERLAP,
    [0, LONGEST_OVERLAP],
  )
  overlap?: number;
}
