// Prints what the service consists of (a software bill of materials in CycloneDX 1.5), as `npm sbom` has it from the lock
// file: packages that are installed with the service. The same lock file makes the same bill: what npm makes up for each run
// (time, serial number) or takes from the name of the folder is left out or follows from the rest.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const args = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
const bill = JSON.parse(execFileSync('npm', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
const { name } = JSON.parse(readFileSync('package.json', 'utf8'));

delete bill.serialNumber;
delete bill.metadata.timestamp;
bill.metadata.component.name = name;
const hash = createHash('sha256').update(JSON.stringify(bill)).digest('hex');
// A UUID of the version that is free for such uses (RFC 9562, section 5.8).
const uuid = hash.replace(/^(.{8})(.{4})(.{3})(.{3})(.{12}).*/, '$1-$2-8$3-8$4-$5');
const { bomFormat, specVersion, $schema, ...others } = bill;
const serialNumber = `urn:uuid:${uuid}`;
console.log(JSON.stringify({ $schema, bomFormat, specVersion, serialNumber, ...others }, null, 2));
