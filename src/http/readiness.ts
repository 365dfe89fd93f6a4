/** Whether what the service stands on lets it work. Bound where the service is put together. */
export abstract class Readiness {
  /**
   * Resolves when it does. May take as long as it likes; whoever asks does not wait for ever.
   * @throws Error that says why not, in words for whoever runs the service
   */
  abstract check(): Promise<void>;
}
