import type { ModuleApi } from '../../http/module-api';
import { orderProblems } from './problems';

/** What HTTP clients of the module have to know besides its calls. */
export const ordersApi: ModuleApi = {
  problems: orderProblems,
  tags: [{ name: 'Orders', description: 'Several lines as one: all or nothing.' }],
};
