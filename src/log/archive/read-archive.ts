import { type ArchivedEvent, eventsOfFile, filesOfArchive } from './archive-file';

/** Which events to read; all of them when left out. */
export interface ArchiveFilter {
  readonly skus?: readonly string[];
  readonly types?: readonly string[];
  /** Those that happened then or later. */
  readonly since?: Date;
}

/** Reads the events of an archive in the order of the log, each once, in constant memory. */
export async function* readArchive(
  folder: string,
  { skus, types, since }: ArchiveFilter = {},
): AsyncGenerator<ArchivedEvent> {
  let last = 0;
  for (const file of await filesOfArchive(folder)) {
    // Files overlap where two instances were at it at the same time.
    if (file.last <= last) continue;
    for await (const event of eventsOfFile(file.path)) {
      if (event.position <= last) continue;
      last = event.position;
      const isWanted =
        (skus?.includes(event.sku) ?? true) &&
        (types?.includes(event.type) ?? true) &&
        (!since || new Date(event.occurredAt) >= since);
      if (isWanted) yield event;
    }
  }
}
