import { HandlerQueue } from '../../src/messaging/broker/handler-queue';

const message = { channel: 'change_batch_quantity', body: Buffer.from('{}') };

describe('a queue of messages', () => {
  test('refuses the next one when 10,000 wait, and takes it once there is room', async () => {
    let handleAll!: () => void;
    const stuck = new Promise<void>((resolve) => (handleAll = resolve));
    const queue = new HandlerQueue(() => stuck);
    const accepted = Array.from({ length: 10_000 }, () => queue.add(message));

    expect(accepted).not.toContain(false);
    expect(queue.add(message)).toBe(false);
    handleAll();
    await queue.drain();
    expect(queue.add(message)).toBe(true);
  });
});
