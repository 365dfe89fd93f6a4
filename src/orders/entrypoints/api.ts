import type { ModuleApi } from '../../http/module-api';
import { orderProblems } from './problems';

const description = `
**An order sent again** changes nothing (200), whatever became of it; with other content it is a conflict. One that was short
is tried anew. Confirming, dispatching and cancelling it change nothing the second time.
`;

/** What HTTP clients of the module have to know besides its calls. */
export const ordersApi: ModuleApi = {
  description,
  problems: orderProblems,
  tags: [{ name: 'Orders', description: 'Several lines as one: all or nothing.' }],
};
