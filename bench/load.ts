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

/** Lets the clients ask for a while, and measures all but the beginning. */
export async function drive(clients: readonly Ask[], duration: Duration): Promise<Asked & Summary> {
  const from = performance.now() + duration.warmUpSeconds * 1000;
  const until = from + duration.seconds * 1000;
  const latencies: number[] = [];
  const asked = await keepAsking(
    clients,
    () => performance.now() >= until,
    (begun, ended) => {
      if (ended >= from && ended < until) latencies.push(ended - begun);
    },
  );
  return { ...asked, ...summarise(latencies, duration.seconds) };
}
