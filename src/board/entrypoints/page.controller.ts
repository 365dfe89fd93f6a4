import { Controller, Get, Inject, NotFoundException, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Reply, Request } from '../../http/fastify';
import { Public } from '../../http/access/required-scope';
import { PageFiles } from './page-files';

/** A year, in seconds. */
const FOR_GOOD = 'public, max-age=31536000, immutable';

/** The page, for whoever opens it: it holds nothing but itself, and asks the API for the rest. */
@ApiExcludeController()
@Public()
@Controller()
export class PageController {
  constructor(@Inject(PageFiles) private readonly files: PageFiles) {}

  /** Who opens the service in a browser gets to the board. */
  @Get()
  getRoot(@Req() { headers }: Request, @Res() reply: Reply): void {
    if (!headers.accept?.includes('text/html')) throw new NotFoundException();
    reply.header('vary', 'accept').header('location', '/board').code(302).send();
  }

  @Get('board')
  getBoard(@Res() reply: Reply): void {
    reply
      .type('text/html; charset=utf-8')
      .headers({ 'content-security-policy': this.files.policy, 'cache-control': 'no-cache' })
      .send(this.files.html);
  }

  @Get('board/assets/:version/:file')
  getFile(@Param() { version, file }: { version: string; file: string }, @Res() reply: Reply): void {
    const found = this.files.find(file);
    if (!found) throw new NotFoundException();
    // Another version of the service, which is on its way in or out, may have made the page.
    const caching = version === this.files.version ? FOR_GOOD : 'no-store';
    reply.type(found.type).header('cache-control', caching).send(found.bytes);
  }
}
