import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiProperty, ApiResponse, ApiTags } from '@nestjs/swagger';
import { isTrustedWithoutKey } from '../../http/access/access';
import { ApiKeys } from '../../http/access/api-keys';
import { ApiProblems } from '../../http/problems/api-problems';
import type { Reply, Request } from '../../http/fastify';
import { Text } from '../../http/requests/fields';
import { httpProblems } from '../../http/problems/http-problems';
import { HttpSettings } from '../../http/http-settings';
import { ProblemException } from '../../http/problems/problems';
import { Public } from '../../http/access/required-scope';
import { secretInCookie, sessionCookie } from '../../http/access/session-cookie';
import { allows, type KeyScope, SCOPES } from '../../scopes';
import type { Panel } from '../panel';

/** The panels of all modules. */
export const PANELS = Symbol('PANELS');

class SessionRequest {
  @Text('The secret of a key.', `sak_${'0123456789abcdef'.repeat(4)}`)
  key!: string;
}

class PanelView {
  @ApiProperty({ example: 'customers' })
  name!: string;

  @ApiProperty({ example: 'Customers' })
  title!: string;
}

class SessionView {
  @ApiProperty({
    type: String,
    nullable: true,
    example: 'shop',
    description:
      'Whom the key is for; null: the service has no keys yet, so that none is needed on this machine.',
  })
  name!: string | null;

  @ApiProperty({ type: [String], enum: SCOPES, example: ['read'], description: 'What may be done.' })
  scopes!: readonly KeyScope[];

  @ApiProperty({ type: [PanelView], description: 'The panels that modules add to the board.' })
  panels!: readonly PanelView[];
}

/**
 * A key for whoever comes by a browser: typed in once, it goes along in a cookie that no script can read, until the browser
 * is closed. It is the key itself, so whatever is true of that (revoked, expired, what it may do) is so at once.
 */
@ApiTags('Board')
@Public()
@Controller('v1/session')
export class SessionsController {
  constructor(
    private readonly keys: ApiKeys,
    private readonly settings: HttpSettings,
    @Inject(PANELS) private readonly panels: readonly Panel[],
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Who is signed in with this browser',
    description: 'By the cookie of the session alone.',
  })
  @ApiResponse({ status: 200, description: 'The session.', type: SessionView })
  @ApiProblems('key', httpProblems.unauthorized)
  getSession(@Req() request: Request): SessionView {
    if (!this.keys.exist) {
      if (!isTrustedWithoutKey(request)) throw new ProblemException(httpProblems.unauthorized);
      return this.view(null, SCOPES);
    }
    const secret = secretInCookie(request.headers);
    const key = secret && this.keys.find(secret);
    if (!key) throw new ProblemException(httpProblems.unauthorized);
    return this.view(key.name, key.scopes);
  }

  @Post()
  @HttpCode(204)
  @ApiOperation({
    summary: 'Sign in with a key',
    description:
      'The key goes into a cookie that the browser sends along until it is closed, and that no script can read.',
  })
  @ApiResponse({
    status: 204,
    description: 'The browser is signed in.',
    headers: { 'Set-Cookie': { description: 'The session.', schema: { type: 'string' } } },
  })
  @ApiProblems('key', httpProblems.unauthorized)
  createSession(
    @Body() { key }: SessionRequest,
    @Req() request: Request,
    @Res({ passthrough: true }) reply: Reply,
  ): void {
    if (!this.keys.find(key))
      throw new ProblemException(httpProblems.unauthorized, 'No key that is good has this secret');
    reply.header('set-cookie', sessionCookie(request, key, this.settings.BASE_PATH));
    reply.header('cache-control', 'no-store');
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Sign out', description: 'The browser forgets its key, which stays good.' })
  @ApiResponse({ status: 204, description: 'The browser is signed out.' })
  @ApiProblems('key')
  endSession(@Req() request: Request, @Res({ passthrough: true }) reply: Reply): void {
    reply.header('set-cookie', sessionCookie(request, '', this.settings.BASE_PATH));
  }

  private view(name: string | null, scopes: readonly KeyScope[]): SessionView {
    const panels = this.panels
      .filter(({ scope }) => allows(scopes, scope))
      .map(({ name, title }) => ({ name, title }));
    return { name, scopes, panels };
  }
}
