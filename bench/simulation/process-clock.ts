/**
 * Puts the clock of this process forward by as many milliseconds as its parent says, which is told when that is done. To be
 * imported before anything else.
 */
const RealDate = Date;
let aheadMs = 0;

class DateAhead extends RealDate {
  constructor(...parts: readonly unknown[]) {
    if (parts.length === 0) super(DateAhead.now());
    else super(...(parts as [string]));
  }

  static override now(): number {
    return RealDate.now() + aheadMs;
  }
}
globalThis.Date = DateAhead as DateConstructor;

process.on('message', (milliseconds) => {
  aheadMs = Number(milliseconds);
  process.send!('done');
});
// It ends when the service has ended, whether its parent is still there or not.
process.channel?.unref();
