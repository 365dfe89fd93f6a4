import { ApiProperty } from '@nestjs/swagger';
import { Next, type Page } from '../../http/requests/page';
import { type KeyScope, SCOPES } from '../../scopes';
import type { Key, KeyWithSecret } from '../key';

const moment = (description: string) =>
  ({ type: String, format: 'date-time', nullable: true, example: null, description }) as const;

export class KeyView implements Key {
  @ApiProperty({ format: 'uuid', example: '01990a5c-7e00-7000-8000-0123456789ab' })
  id!: string;

  @ApiProperty({ example: 'shop' })
  name!: string;

  @ApiProperty({ type: [String], enum: SCOPES, example: ['orders', 'read'] })
  scopes!: readonly KeyScope[];

  @ApiProperty({ example: '3f9c', description: 'The last characters of its secret, to recognise it by.' })
  lastFour!: string;

  @ApiProperty({ format: 'date-time', example: '2030-01-31T12:00:00.000Z' })
  createdAt!: Date;

  @ApiProperty(moment('From when on it is good no more; null: it does not expire.'))
  expiresAt!: Date | null;

  @ApiProperty(moment('When it got the secret that it has; null: when it was created.'))
  rotatedAt!: Date | null;

  @ApiProperty(moment('Until when the secret of before is good, too; null: it is not.'))
  previousUntil!: Date | null;

  @ApiProperty(moment('When it was revoked; null: it was not.'))
  revokedAt!: Date | null;

  @ApiProperty(moment('When it was used last, to a minute; null: it never was.'))
  lastUsedAt!: Date | null;
}

export class KeyWithSecretView extends KeyView implements KeyWithSecret {
  @ApiProperty({
    example: `sak_${'0123456789abcdef'.repeat(4)}`,
    description: 'What is sent as `Authorization: Bearer …`. It is shown this once.',
  })
  key!: string;
}

export class KeyPage implements Page<KeyView> {
  @ApiProperty({ type: [KeyView] })
  items!: readonly KeyView[];

  @Next()
  next!: string | null;
}
