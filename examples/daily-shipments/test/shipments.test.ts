import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Allocate, CreateBatch, Dispatch, OrderLine } from 'stock-allocation/allocation';
import { type Instances, startInstances } from 'stock-allocation/testing';
import { SHIPMENTS } from '../src/daily-shipments';
import { ShipmentsModule } from '../src/shipments.module';

let service: Instances;
before(async () => {
  service = await startInstances(2, { modules: [ShipmentsModule], settings: { SHIPMENTS_GOAL: '5' } });
});
after(() => service.stop());

const today = () => new Date().toISOString().slice(0, 10);
const shipped = async () => (await service.next.send('GET', `/v1/shipments/${today()}`)).json();

test('pieces are counted once, over all SKUs and instances, whatever crashes or comes again', async () => {
  for (const sku of ['SOFA', 'LAMP']) {
    await service.execute(new CreateBatch(`batch of ${sku}`, sku, 10));
    await service.execute(new Allocate(new OrderLine('order-1', sku, 3)));
  }
  await service.execute(new Dispatch('order-1', 'SOFA'));
  await service.executeAndCrash(new Dispatch('order-1', 'LAMP'));
  await service.settled();
  assert.deepEqual(await shipped(), { day: today(), pieces: 6 });

  await service.deliverAgain(SHIPMENTS);
  assert.deepEqual(await shipped(), { day: today(), pieces: 6 });
});

test('the warehouse is told once that the goal of the day is reached', async () => {
  const subjects = (await service.mails()).map(({ to, subject }) => [to, subject]);
  assert.deepEqual(subjects, [['warehouse@made.com', `The goal of ${today()} is reached`]]);
});

test('a day that is none is refused', async () => {
  assert.equal((await service.next.send('GET', '/v1/shipments/yesterday')).statusCode, 400);
});
