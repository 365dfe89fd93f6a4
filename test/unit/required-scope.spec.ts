import { Controller, Get, Global, Module, Post, type Type } from '@nestjs/common';
import { loadConfig } from '../../src/app.module';
import { ApiKeys } from '../../src/http/access/api-keys';
import { createApp, describeApp } from '../../src/http/create-app';
import { Public, RequireScope } from '../../src/http/access/required-scope';
import { allows, SCOPES, type KeyScope } from '../../src/scopes';

@Controller('suppliers')
class SilentController {
  @Get()
  listSuppliers(): void {}
}

@RequireScope('read')
@Controller('suppliers')
class SpeakingController {
  @Get()
  listSuppliers(): void {}

  @RequireScope('stock')
  @Post()
  createSupplier(): void {}

  @Public()
  @Get('number')
  countSuppliers(): void {}
}

function moduleWith(controller: Type): Type {
  @Module({ controllers: [controller] })
  class SuppliersModule {}
  return SuppliersModule;
}

/** Of a service that has keys, none of which anybody knows. */
const keys: ApiKeys = { exist: true, firstMade: AbortSignal.abort(), find: () => undefined };

@Controller('health')
class DetailsController {
  @RequireScope('admin')
  @Get('details')
  readDetails(): void {}
}

type ScopedOperation = { 'x-required-scope'?: string } | undefined;

const config = loadConfig({ LOG_LEVEL: 'silent' });

test('a call that does not say who may make it stops the start, and says what to write', async () => {
  const app = await createApp(config, moduleWith(SilentController));
  await expect(app.init()).rejects.toThrow(
    "GET /suppliers does not say who may call it: put @RequireScope('read')",
  );
});

test('a call that does not say who may make it cannot be described either', async () => {
  await expect(describeApp(config, moduleWith(SilentController), [])).rejects.toThrow(
    'listSuppliers does not say who may call it',
  );
});

test('what a method says counts more than what its controller says, in either order of decorators', async () => {
  const { paths } = await describeApp(config, moduleWith(SpeakingController), []);
  const scopes = Object.fromEntries(
    Object.entries(paths)
      .filter(([path]) => path.startsWith('/suppliers'))
      .flatMap(([path, { get, post }]) => [
        [`GET ${path}`, (get as ScopedOperation)?.['x-required-scope']],
        [`POST ${path}`, (post as ScopedOperation)?.['x-required-scope']],
      ]),
  );
  expect(scopes).toEqual({
    'GET /suppliers': 'read',
    'POST /suppliers': 'stock',
    'GET /suppliers/number': 'public',
    'POST /suppliers/number': undefined,
  });
});

test('a call of a module asks for its scope also where health is told, which everybody may ask', async () => {
  @Global()
  @Module({
    controllers: [DetailsController],
    providers: [{ provide: ApiKeys, useValue: keys }],
    exports: [ApiKeys],
  })
  class DetailsModule {}
  const app = await createApp(config, DetailsModule);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  try {
    const answers = ['/health/details', '/health/live'].map((url) => app.inject({ url }));
    expect((await Promise.all(answers)).map(({ statusCode }) => statusCode)).toEqual([401, 200]);
  } finally {
    await app.close();
  }
});

test.each(SCOPES)('the scope %s contains no other, unless it is admin', (scope) => {
  const allowed = SCOPES.filter((needed: KeyScope) => allows([scope], needed));
  expect(allowed).toEqual(scope === 'admin' ? [...SCOPES] : [scope]);
});
