import { type Summary, summarise } from './statistics';

/** Asks once and waits for the answer. Throws when that is not the answer it should be. */
export type Ask = () => Promise<void>;

export interface Asked {
  /** Questions answered as they should be. */
  readonly answered: number;
  /** What went wrong, one sentence for each client that had to stop. */
  readonly failures: readonly string[];
}

/** Until when clients ask, and from when on it counts. */
export interface Duration {
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/**
 * Lets each client ask again as soon as it has its answer. One that gets a wrong answer stops.
 * @param ended looked at before each question
 * @param onAnswer gets when the question was asked and when it was answered, as performance.now() has it
 */
export async function keepAsking(
  clients: readonly Ask[],
  ended: () => boolean,
  onAnswer: (asked: number, answered: number) => void,
): Promise<Asked> {
  const failures: string[] = [];
  let answers = 0;
  await Promise.all(
    clients.map(async (ask) => {
      try {
        while (!ended()) {
          const asked = performance.now();
          await ask();
          answers += 1;
          onAnswer(asked, performance.now());
        }
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }),
  );
  return { answered: answers, failures };
}

/**
 * Lets the clients ask for a while, warms up first, and measures what follows.
 * @param warmUp clients that do so, when it is not the same ones
 * @returns what was asked in all of the time, with the figures of what counts
 */
export async function drive(
  clients: readonly Ask[],
  { warmUpSeconds, seconds }: Duration,
  warmUp: readonly Ask[] = clients,
): Promise<Asked & Summary> {
  const warm = await askFor(warmUpSeconds, warmUp);
  const measured = await askFor(seconds, clients);
  return {
    answered: warm.answered + measured.answered,
    failures: [...warm.failures, ...measured.failures],
    ...summarise(measured.latencies, seconds),
  };
}

/** @returns also how many milliseconds each answer took that came in time */
async function askFor(seconds: number, clients: readonly Ask[]): Promise<Asked & { latencies: number[] }> {
  const until = performance.now() + seconds * 1000;
  const latencies: number[] = [];
  const asked = await keepAsking(
    clients,
    () => performance.now() >= until,
    (begun, ended) => {
      if (ended < until) latencies.push(ended - begun);
    },
  );
  return { ...asked, latencies };
}
