import { IsEmail } from 'class-validator';
import { WholeNumber } from 'stock-allocation';

export class ShipmentsSettings {
  /** Pieces that are to leave the warehouse on a day. */
  @WholeNumber(1, 1_000_000)
  readonly SHIPMENTS_GOAL: number = 1_000;

  /** Who is told when they have. */
  @IsEmail({}, { message: 'must be a mail address' })
  readonly SHIPMENTS_TO: string = 'warehouse@made.com';
}
