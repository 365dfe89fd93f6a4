import { addTo, built } from './built';

/*
 * The built service with a transaction for each unit of work, as many at a time as it has connections to
 * the database, but for two that the views need.
 */
const { GroupCommitOptions } = built<
  typeof import('../../src/allocation/adapters/group-commit/group-commit-options')
>('allocation/adapters/group-commit/group-commit-options');
const { AllocationModule } = built<typeof import('../../src/allocation/allocation.module')>(
  'allocation/allocation.module',
);
addTo(AllocationModule, 'providers', {
  provide: GroupCommitOptions,
  useValue: { ...new GroupCommitOptions(), unitsPerCommit: 1, commits: 8 },
});

built('main');
