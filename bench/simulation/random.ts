/** Draws numbers that are the same each time for the same seed. */
export class Random {
  private state: number;

  /** @param seeds such as the seed of the run, what is drawn for, and the day: whatever else was drawn, it is the same */
  constructor(...seeds: readonly (number | string)[]) {
    // FNV-1a.
    this.state = 2166136261;
    for (const character of seeds.join('/'))
      this.state = Math.imul(this.state ^ character.charCodeAt(0), 16777619);
  }

  /** At least 0, less than 1 (mulberry32). */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** So many different ones of a list, or all of it when it has no more. */
  some<T>(list: readonly T[], count: number): T[] {
    const left = [...list];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      const index = this.between(0, left.length - 1);
      const [taken] = left.splice(index, 1, left.at(-1)!);
      left.pop();
      return taken;
    });
  }
}

/** Demand by Zipf's law: the nth of a list is asked for a nth as often as the first. */
export class Zipf {
  /** Of the nth and all before it. */
  private readonly shares: Float64Array;

  constructor(count: number) {
    let sum = 0;
    this.shares = Float64Array.from({ length: count }, (_, index) => (sum += 1 / (index + 1)));
    for (let index = 0; index < count; index += 1) this.shares[index] /= sum;
  }

  /** Of all that is asked for. */
  share(index: number): number {
    return this.shares[index] - (index === 0 ? 0 : this.shares[index - 1]);
  }

  draw(random: Random): number {
    const at = random.next();
    let [low, high] = [0, this.shares.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.shares[middle] > at) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
