import type { Scenario } from './scenario';
import {
  allocateAlone,
  allocateHotSku,
  allocateHotSkuOnInstances,
  allocateManySkus,
  allocateMeasured,
  allocateOnInstances,
  allocateWithKeys,
} from './scenarios/allocation';
import { batchCut } from './scenarios/batch-cut';
import { boards } from './scenarios/boards';
import { firstSeconds } from './scenarios/first-seconds';
import { followers } from './scenarios/followers';
import { expiry, orders, reserve, slip, waitList } from './scenarios/lives';
import { logSize } from './scenarios/log-size';
import { longHistory } from './scenarios/long-history';
import { manyBatches } from './scenarios/many-batches';
import { memory } from './scenarios/memory';
import { reads } from './scenarios/reads';

/** All there are, in the order of the report. */
export const scenarios: readonly Scenario[] = [
  allocateManySkus,
  allocateHotSku,
  allocateAlone,
  firstSeconds,
  longHistory,
  logSize,
  batchCut,
  reserve,
  expiry,
  slip,
  waitList,
  orders,
  allocateMeasured,
  allocateWithKeys,
  allocateOnInstances,
  allocateHotSkuOnInstances,
  memory,
  manyBatches,
  reads,
  followers,
  boards,
];
