import { failed } from '../../../tracing';
import { Unavailable } from '../../../unavailable';
import type { Answer } from '../../application/run-units';
import { answeredUnits } from './commit-diagnostics';
import type { GroupCommitOptions } from './group-commit-options';
import type { WaitingUnit } from './sku-queue';

/** How often it is looked for units whose deadline has passed, in milliseconds. */
const SWEEP_MS = 250;

/** The units that somebody waits for: no more than the service can carry, and each is answered once, in time. */
export class UnansweredUnits {
  private unanswered = 0;
  private sweep?: NodeJS.Timeout;

  /** @param answerOverdue answers the units whose deadline has passed; called every now and then while there are any */
  constructor(
    private readonly options: GroupCommitOptions,
    private readonly answerOverdue: () => void,
  ) {}

  get count(): number {
    return this.unanswered;
  }

  /**
   * Makes room for one more.
   * @throws Unavailable when there are as many as there may be
   */
  admit(): void {
    if (this.unanswered >= this.options.capacity) {
      throw new Unavailable('Too many commands are waiting; try again in a moment');
    }
    this.unanswered += 1;
    this.sweep ??= setInterval(() => this.answerOverdue(), SWEEP_MS).unref();
  }

  /** @param isKnown whether all handlers have had the events that the unit raised or has seen */
  answer(unit: WaitingUnit, outcome: Answer, isKnown = true): void {
    if (unit.isAnswered) return;
    unit.isAnswered = true;
    this.unanswered -= 1;
    if (this.unanswered === 0) this.stop();
    if (answeredUnits.hasSubscribers) {
      const receivedAt = unit.deadline - this.options.deadlineMs;
      answeredUnits.publish({ answer: outcome, seconds: (performance.now() - receivedAt) / 1_000 });
    }
    if (!isKnown) unit.correlation.eventsPending = true;
    if (unit.span && outcome.is === 'failed') failed(unit.span, outcome.reason);
    unit.span?.end();
    if (outcome.is === 'done') unit.resolve(outcome.result as never);
    else {
      unit.request?.release(outcome.reason);
      unit.reject(outcome.reason);
    }
  }

  reject(units: readonly WaitingUnit[], reason: Unavailable): void {
    for (const unit of units) this.answer(unit, { is: 'failed', reason });
  }

  /** Looks for no more units whose deadline has passed. */
  stop(): void {
    clearInterval(this.sweep);
    this.sweep = undefined;
  }
}
