import { PostgresCustomerRepository } from '../../src/customers/adapters/postgres-customer-repository';
import { PostgresCustomersUnitOfWork } from '../../src/customers/adapters/postgres-customers-unit-of-work';
import { createDataSource } from '../../src/database/data-source';
import { MailQueue } from '../../src/notifications/mail/mail-queue';
import { MailSender } from '../../src/notifications/mail/mail-sender';
import { Mails } from '../../src/notifications/mail/mails';
import { MemoryMailer } from '../support/memory-mailer';
import { createTestDatabase } from '../support/test-database';
import { customersContract } from './customers.contract';

customersContract('PostgreSQL', async () => {
  const database = await createTestDatabase();
  const dataSource = await createDataSource(database.url).initialize();
  // It is not started, so the mails stay in the queue.
  const mails = new Mails(new MailSender(new MailQueue(dataSource), new MemoryMailer()));
  return {
    customers: new PostgresCustomerRepository(dataSource, dataSource, mails),
    unitsOfWork: [
      new PostgresCustomersUnitOfWork(dataSource, mails),
      new PostgresCustomersUnitOfWork(dataSource, mails),
    ],
    mailsTo: async (email) => {
      const rows = await dataSource.query<{ subject: string }[]>(
        'SELECT subject FROM mail_queue WHERE recipient = $1',
        [email],
      );
      return rows.map(({ subject }) => subject);
    },
    close: async () => {
      await dataSource.destroy();
      await database.drop();
    },
  };
});
