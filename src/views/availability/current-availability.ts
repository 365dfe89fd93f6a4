import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { setTimeout as pause } from 'node:timers/promises';
import { ExpireReservations } from '../../allocation/contracts';
import { Unavailable } from '../../unavailable';
import { type Availability, AvailabilityView } from './availability';

/** How long a question waits for pieces to be given back, in milliseconds; then it is answered without them. */
const WAIT_MS = 1_000;

/**
 * Availability as it is at the moment. When a reservation has run out its pieces are free, and go to whoever waits (rules 12
 * and 13), in every decision at once, but in the views only when somebody has noticed, within a second. So who asks before
 * has them given back first, as whoever asks for a line does.
 */
@Injectable()
export class CurrentAvailability {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly view: AvailabilityView,
    private readonly commands: CommandBus,
  ) {}

  /**
   * Answers one SKU; undefined for one that nobody knows.
   * @throws Unavailable
   */
  async ofOne(sku: string): Promise<Availability | undefined> {
    const shown = await this.view.ofOne(sku);
    if (!shown?.hasExpired) return shown;
    await this.giveBack([sku]);
    return this.view.ofOne(sku);
  }

  /**
   * Answers each SKU, in their order.
   * @throws Unavailable
   */
  async of(skus: readonly string[]): Promise<(Availability | undefined)[]> {
    const shown = await this.view.of(skus);
    const expired = skus.filter((_, index) => shown[index]?.hasExpired);
    if (expired.length === 0) return shown;
    await this.giveBack(expired);
    return this.view.of(skus);
  }

  private async giveBack(skus: readonly string[]): Promise<void> {
    const given = Promise.all([...new Set(skus)].map((sku) => this.giveBackOf(sku)));
    const timer = new AbortController();
    const late = pause(WAIT_MS, undefined, { signal: timer.signal }).catch(() => {});
    await Promise.race([given, late]).finally(() => timer.abort());
  }

  /** Many may ask for the same SKU meanwhile. */
  private giveBackOf(sku: string): Promise<void> {
    let giving = this.underWay.get(sku);
    if (!giving) {
      giving = this.expire(sku).finally(() => this.underWay.delete(sku));
      this.underWay.set(sku, giving);
    }
    return giving;
  }

  private async expire(sku: string): Promise<void> {
    try {
      await this.commands.execute(new ExpireReservations(sku));
    } catch (error) {
      // The pieces cannot be given back, nor allocated, at the moment: the view answers as it is. Expired reservations
      // look reserved there, which understates what is free, never overstates it.
      if (!(error instanceof Unavailable)) throw error;
    }
  }
}
