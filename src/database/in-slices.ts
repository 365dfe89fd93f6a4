/**
 * Rows that are written by one statement at most. A change of a large batch writes hundreds of thousands; one
 * statement for all of them would keep others from the event loop while it is put together, and take their memory twice.
 */
export const SLICE = 2_000;

/**
 * Sends a statement for each slice of the rows. While the database works on one, the next is put together and sent behind
 * it. The answers to the last two are not waited for.
 */
export async function inSlices<Row>(
  rows: readonly Row[],
  send: (slice: readonly Row[]) => Promise<unknown>,
): Promise<void> {
  let before: Promise<unknown> | undefined;
  for (let next = 0; next < rows.length; next += SLICE) {
    const answered = send(rows.length <= SLICE ? rows : rows.slice(next, next + SLICE));
    await before;
    before = answered;
  }
}
