import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

/** What figures depend on besides the service, as pairs of name and value. */
export function describeMachine(postgres: string): [string, string][] {
  return [
    ['processor', `${cpus()[0]?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GB`],
    ['system', `${type()} ${release()}, ${process.arch}`],
    ['Node', process.versions.node],
    ['PostgreSQL', postgres],
  ];
}
