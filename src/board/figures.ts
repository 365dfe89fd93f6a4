import { Injectable } from '@nestjs/common';

/** A figure is one number for so many milliseconds; that many of them are kept: the last two minutes. */
const STEP_MS = 2_000;
const STEPS = 60;

/** Times fall into classes, each a fifth larger than the one before: fine enough for a look. From 0.1 ms to 50 s. */
const [FIRST_MS, GROWTH, CLASSES] = [0.1, 1.2, 72];

/** The last two minutes of this instance, the oldest step first. */
export interface FigureSeries {
  readonly stepMs: number;
  /** Lines that got a batch, per second. */
  readonly allocations: readonly number[];
  /** Requests that were refused since something is otherwise than they thought (409, 412), per second. */
  readonly conflicts: readonly number[];
  /** The time within which 99 of 100 requests were answered, in milliseconds; null when there were none. */
  readonly p99: readonly (number | null)[];
}

class Step {
  allocations = 0;
  conflicts = 0;
  answers = 0;
  readonly times = new Uint32Array(CLASSES);

  clear(): void {
    this.allocations = this.conflicts = this.answers = 0;
    this.times.fill(0);
  }

  get p99(): number | null {
    if (this.answers === 0) return null;
    let slower = this.answers * 0.01;
    for (let index = CLASSES - 1; index >= 0; index -= 1) {
      slower -= this.times[index];
      if (slower < 0) return Number((FIRST_MS * GROWTH ** index).toPrecision(2));
    }
    return FIRST_MS;
  }
}

/** Counts what happens on this instance, in a window that moves on. Counting is a few additions. */
@Injectable()
export class Figures {
  private readonly steps = Array.from({ length: STEPS + 1 }, () => new Step());
  private number = this.numberOf(performance.now());

  /** Lines that got a batch. */
  allocated(lines: number): void {
    this.now().allocations += lines;
  }

  /** A request that was answered. */
  answered(status: number, ms: number): void {
    const step = this.now();
    step.answers += 1;
    if (status === 409 || status === 412) step.conflicts += 1;
    const place = Math.ceil(Math.log(Math.max(ms, FIRST_MS) / FIRST_MS) / Math.log(GROWTH));
    step.times[Math.min(place, CLASSES - 1)] += 1;
  }

  series(): FigureSeries {
    this.now();
    // The step under way is not full yet.
    const full = Array.from({ length: STEPS }, (_, index) => this.at(this.number - STEPS + index));
    const perSecond = (count: number) => (count * 1000) / STEP_MS;
    return {
      stepMs: STEP_MS,
      allocations: full.map(({ allocations }) => perSecond(allocations)),
      conflicts: full.map(({ conflicts }) => perSecond(conflicts)),
      p99: full.map(({ p99 }) => p99),
    };
  }

  private now(): Step {
    const number = this.numberOf(performance.now());
    const passed = Math.min(number - this.number, STEPS + 1);
    for (let index = 0; index < passed; index += 1) this.at(number - index).clear();
    this.number = number;
    return this.at(this.number);
  }

  private at(number: number): Step {
    return this.steps[number % (STEPS + 1)];
  }

  private numberOf(ms: number): number {
    // There are steps before the first one, which are empty.
    return Math.floor(ms / STEP_MS) + STEPS;
  }
}
