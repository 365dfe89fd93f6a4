import { MemoryCustomers, MemoryCustomersUnitOfWork } from '../support/memory-customers';
import { customersContract } from './customers.contract';

customersContract('memory', async () => {
  const customers = new MemoryCustomers();
  const unitOfWork = new MemoryCustomersUnitOfWork(customers);
  return {
    customers,
    unitsOfWork: [unitOfWork, unitOfWork],
    mailsTo: async (email) => customers.mails.filter(({ to }) => to === email).map(({ subject }) => subject),
    close: async () => {},
  };
});
