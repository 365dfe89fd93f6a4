import { Controller, Get, Module } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { loadConfig } from '../../src/app.module';
import { ApiProblems, Deprecated, httpProblems, ProblemException, Public } from '../../src/http/contracts';
import { createApp, describeApp } from '../../src/http/create-app';

@ApiTags('Version 1')
@Public()
@Controller('v1/vips')
class VipsController {
  @Get()
  @ApiOperation({ summary: 'List VIPs' })
  @ApiResponse({ status: 200, description: 'They.' })
  listVips(): object {
    return [];
  }

  @Get('count')
  @Deprecated({ since: '2030-01-31', sunset: '2031-01-31', link: 'https://shop.example/vips' })
  @ApiOperation({ summary: 'Count VIPs', description: 'Count those that `GET /v1/vips` lists instead.' })
  @ApiResponse({ status: 200, description: 'How many.' })
  countVips(): object {
    return { count: 0 };
  }

  @Get('first')
  @Deprecated({ since: '2030-01-31' })
  @ApiOperation({ summary: 'Look at the first VIP' })
  @ApiProblems('id', httpProblems['not-found'])
  firstVip(): object {
    throw new ProblemException(httpProblems['not-found']);
  }
}

@Module({ controllers: [VipsController] })
class VipsModule {}

const config = loadConfig({ LOG_LEVEL: 'silent' });

test('a call that is deprecated says so in its answers, also when it refuses, and no other call does', async () => {
  const app = await createApp(config, VipsModule);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  try {
    const headersOf = async (url: string) => {
      const { headers } = await app.inject({ method: 'GET', url });
      return [headers.deprecation, headers.sunset, headers.link];
    };
    // 1896048000 is the 31st of January 2030.
    expect(await headersOf('/v1/vips/count')).toEqual([
      '@1896048000',
      'Fri, 31 Jan 2031 00:00:00 GMT',
      '<https://shop.example/vips>; rel="deprecation"',
    ]);
    expect(await headersOf('/v1/vips/first')).toEqual(['@1896048000', undefined, undefined]);
    expect(await headersOf('/v1/vips')).toEqual([undefined, undefined, undefined]);
  } finally {
    await app.close();
  }
});

test('the OpenAPI document marks a call that is deprecated, with the headers of its answers', async () => {
  const { paths } = await describeApp(config, VipsModule, []);
  const { deprecated, responses } = paths['/v1/vips/count'].get!;
  expect(deprecated).toBe(true);
  expect(responses['200']).toMatchObject({
    headers: {
      Deprecation: { schema: { example: '@1896048000' } },
      Sunset: { schema: { example: 'Fri, 31 Jan 2031 00:00:00 GMT' } },
      Link: { description: 'What to do instead.' },
    },
  });
  const answer = paths['/v1/vips'].get!.responses['200'] as { headers: object };
  expect(paths['/v1/vips'].get!.deprecated).toBeUndefined();
  expect(answer.headers).not.toHaveProperty('Deprecation');
});

test.each([
  [{ since: '2030-02-30' }, 'is no day'],
  [{ since: 'soon' }, 'is no day'],
  [{ since: '2030-01-31', sunset: '2029-01-31' }, 'cannot be gone'],
])('a call cannot be deprecated by %j', (deprecation, message) => {
  expect(() => Deprecated(deprecation)).toThrow(message);
});
