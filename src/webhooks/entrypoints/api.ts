import type { ModuleApi } from '../../http/module-api';
import { webhookProblems } from './problems';

/** What HTTP clients of the module have to know besides its calls. */
export const webhooksApi: ModuleApi = {
  problems: webhookProblems,
  tags: [{ name: 'Webhooks', description: 'Have events sent to an endpoint of yours.' }],
};
