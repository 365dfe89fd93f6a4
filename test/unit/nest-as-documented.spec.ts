import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Module,
  type Type,
  UseFilters,
} from '@nestjs/common';
import { APP_FILTER, NestFactory } from '@nestjs/core';
import { CqrsModule } from '@nestjs/cqrs';
import { Test } from '@nestjs/testing';
import { IsArray, ValidateNested } from 'class-validator';
import { AppModule, loadConfig } from '../../src/app.module';
import { Public } from '../../src/http/access/required-scope';
import { createApp } from '../../src/http/create-app';
import type { Reply } from '../../src/http/fastify';
import { NoDeliveryModule } from '../../src/messaging/no-delivery.module';
import { readFields } from '../../src/http/requests/syntax.pipe';

const config = loadConfig({ LOG_LEVEL: 'silent' });

class OutOfCoffee extends Error {}

@Catch(OutOfCoffee)
class CoffeeFilter implements ExceptionFilter {
  catch(_error: OutOfCoffee, host: ArgumentsHost): void {
    void host.switchToHttp().getResponse<Reply>().code(418).send('no coffee');
  }
}

describe('What Nest documents of filters:', () => {
  @Public()
  @Controller('coffee')
  @UseFilters(CoffeeFilter)
  class CoffeeController {
    @Get()
    brew(): never {
      throw new OutOfCoffee();
    }
  }

  test('one for all calls stops the start, since it would never be asked', async () => {
    @Module({ providers: [{ provide: APP_FILTER, useClass: CoffeeFilter }] })
    class CoffeeModule {}
    await expect(createApp(config, CoffeeModule)).rejects.toThrow(
      'APP_FILTER is not supported (CoffeeFilter)',
    );
  });

  test('one of a controller answers its errors', async () => {
    @Module({ controllers: [CoffeeController] })
    class CoffeeModule {}
    const app = await (await createApp(config, CoffeeModule)).init();
    const { statusCode, body } = await app.inject({ method: 'GET', url: '/coffee' });
    await app.close();
    expect([statusCode, body]).toEqual([418, 'no coffee']);
  });
});

test('@ValidateNested is refused with what to write instead, and does not refuse what is right', () => {
  class Order {
    @IsArray()
    @ValidateNested({ each: true })
    lines!: object[];
  }
  expect(() => readFields(Order, { lines: [{}] })).toThrow(
    '@ValidateNested is not supported (Order.lines): declare the field with @Items',
  );
});

describe('AppModule as a class', () => {
  const refusal = 'import AppModule.forRoot(loadConfig(process.env))';

  test('is refused in a test', async () => {
    await expect(Test.createTestingModule({ imports: [AppModule] }).compile()).rejects.toThrow(refusal);
  });

  test('is refused by NestFactory', async () => {
    const options = { logger: false, abortOnError: false } as const;
    await expect(NestFactory.createApplicationContext(AppModule as Type, options)).rejects.toThrow(refusal);
  });
});

test('a module that imports CqrsModule for itself stops the start: its EventBus would bypass the log', async () => {
  @Module({ imports: [CqrsModule] })
  class CoffeeModule {}
  const app = await Test.createTestingModule({
    imports: [CqrsModule.forRoot(), NoDeliveryModule, CoffeeModule],
  }).compile();
  await expect(app.init()).rejects.toThrow('CqrsModule must not be imported by a module (CoffeeModule)');
});
