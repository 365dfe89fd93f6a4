import type { ModuleApi } from '../../http/module-api';
import { customerProblems } from './problems';

/** What HTTP clients of the module have to know besides its calls. */
export const customersApi: ModuleApi = {
  problems: customerProblems,
  tags: [{ name: 'Customers', description: 'Who orders, and how often. They come with their orders.' }],
};
