import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems } from '../../http/problems/api-problems';
import type { Reply } from '../../http/fastify';
import { badField, httpProblems } from '../../http/problems/http-problems';
import { locate } from '../../http/requests/location';
import { keyIn, pageOf } from '../../http/requests/page';
import { ProblemException } from '../../http/problems/problems';
import { RequireScope } from '../../http/access/required-scope';
import { KeyExpired, OVERLAP } from '../key';
import { Keys } from '../keys';
import { keyProblems } from './problems';
import { KeyPageQuery, KeyPath, KeyRequest, KeyRotationRequest } from './requests';
import { KeyPage, KeyView, KeyWithSecretView } from './responses';

/** For whoever lets others in. */
@ApiTags('Keys')
@RequireScope('admin')
@Controller('v1/keys')
export class KeysController {
  constructor(private readonly keys: Keys) {}

  @Post()
  @HttpCode(201)
  @ApiOperation({
    summary: 'Create a key',
    description:
      'The secret in the answer is shown this once. From the first key on, every request needs one that asks for a scope.',
  })
  @ApiResponse({
    status: 201,
    description: 'The key, with its secret.',
    type: KeyWithSecretView,
    headers: {
      Location: {
        description: 'Where to look at it.',
        schema: { type: 'string', example: '/v1/keys/01990a5c-7e00-7000-8000-0123456789ab' },
      },
    },
  })
  @ApiProblems('name', keyProblems['key-exists'], httpProblems['shown-once'])
  async createKey(
    @Body() { name, scopes, expiresAt }: KeyRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<KeyWithSecretView> {
    const wish = { name, scopes, expiresAt: expiresAt ? new Date(expiresAt) : null };
    const key = await this.keys.create(wish).catch((error: unknown) => {
      throw error instanceof KeyExpired ? badField('expiresAt', error.message) : error;
    });
    locate(reply, 'v1', 'keys', key.id);
    reply.header('cache-control', 'no-store');
    return key;
  }

  @Get()
  @ApiOperation({
    summary: 'List the keys',
    description: 'Those created first come first; those that were revoked are among them.',
  })
  @ApiResponse({ status: 200, description: 'The keys, without their secrets.', type: KeyPage })
  @ApiProblems('limit')
  async listKeys(@Query() { limit, after }: KeyPageQuery): Promise<KeyPage> {
    const keys = await this.keys.list(after && keyIn(after), Number(limit) + 1);
    return pageOf(keys, Number(limit), ({ id }) => id);
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Look at a key',
    description: 'Its scopes, until when it is good, and when it was used last.',
  })
  @ApiResponse({ status: 200, description: 'The key, without its secret.', type: KeyView })
  @ApiProblems('id', keyProblems['key-not-found'])
  async getKey(@Param() { id }: KeyPath): Promise<KeyView> {
    return found(await this.keys.get(id));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @ApiBody({ type: KeyRotationRequest, required: false })
  @ApiOperation({
    summary: 'Give a key a new secret',
    description:
      'The new one is in the answer, and is shown this once. The one before it is good for a while, too, so that its ' +
      'owner can change over at any moment.',
  })
  @ApiResponse({ status: 200, description: 'The key, with its new secret.', type: KeyWithSecretView })
  @ApiProblems('id', keyProblems['key-not-found'], httpProblems['shown-once'])
  async rotateKey(
    @Param() { id }: KeyPath,
    @Body() { overlap = OVERLAP }: KeyRotationRequest,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<KeyWithSecretView> {
    const key = found(await this.keys.rotate(id, overlap));
    reply.header('cache-control', 'no-store');
    return key;
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Revoke a key',
    description:
      'Nobody gets in with it any more, here at once and on other instances within a second; what they follow ends.',
  })
  @ApiResponse({ status: 204, description: 'The key is good no more.' })
  @ApiProblems('id', keyProblems['key-not-found'])
  async revokeKey(@Param() { id }: KeyPath): Promise<void> {
    found(await this.keys.revoke(id));
  }
}

function found<T>(what: T | undefined): T {
  if (what === undefined) throw new ProblemException(keyProblems['key-not-found']);
  return what;
}
