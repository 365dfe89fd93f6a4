/** Errors of a trouble that the log tells once, and not once for each who meets it. */
export const announced = new WeakSet<object>();

/** The service is over its head, or something that it stands on cannot serve; the same may work in a while. */
export class Unavailable extends Error {
  /** Why, as the client may know it: a sentence without a full stop. */
  readonly reason?: string;
  /** The log tells of the cause already, once for all who meet it. */
  readonly announced: boolean;

  constructor(
    message: string,
    { reason, announced = false, ...options }: ErrorOptions & { reason?: string; announced?: boolean } = {},
  ) {
    super(message, options);
    this.reason = reason;
    this.announced = announced;
  }

  override get name(): string {
    return 'Unavailable';
  }
}

/** Whether the log tells of this trouble already. */
export function isAnnounced(error: unknown): boolean {
  if (error instanceof Unavailable && error.announced) return true;
  const { driverError, cause } = (error ?? {}) as { driverError?: unknown; cause?: unknown };
  return [error, driverError, cause].some((known) => announced.has(known as object));
}
