import { writeSync } from 'node:fs';
import { RedisStreamsBroker } from '../../src/messaging/broker/redis-streams-broker';

/*
 * The service, which freezes between reading the events of the order `freeze-here` and publishing them, until somebody has
 * it go on. It says when it does so, and when it has tried to publish them after that.
 */
const publish = RedisStreamsBroker.prototype.publish;

RedisStreamsBroker.prototype.publish = async function (events, fence) {
  const freezes = events.some(({ data }) => (data as { orderId?: string }).orderId === 'freeze-here');
  if (!freezes) return publish.call(this, events, fence);
  writeSync(1, 'freezes\n');
  process.kill(process.pid, 'SIGSTOP');
  await publish.call(this, events, fence).finally(() => writeSync(1, 'has tried\n'));
};

require('../../src/main');
