import { SmtpMailer } from '../../src/notifications/mail/smtp-mailer';
import { MemoryMailer } from '../support/memory-mailer';
import { Refusal, TestSmtpServer } from '../support/smtp-server';
import { mailerContract } from './mailer.contract';

mailerContract('memory', async () => {
  const mailer = new MemoryMailer();
  return {
    mailer,
    received: () => mailer.sent,
    refuse: (address) => mailer.refusing.add(address),
    close: async () => mailer.close(),
  };
});

mailerContract('SMTP', async () => {
  const refusing = new Set<string>();
  const server = await TestSmtpServer.start({
    onRecipient: (address) => {
      if (refusing.has(address)) throw new Refusal(550, 'No such mailbox');
    },
  });
  const mailer = new SmtpMailer(server.url, 'allocations@example.com');
  return {
    mailer,
    received: () =>
      server.received.map(({ subject = '', text = '', envelope }) => ({
        to: envelope.to.join(),
        subject,
        text,
      })),
    refuse: (address) => refusing.add(address),
    close: async () => {
      mailer.close();
      await server.stop();
    },
  };
});
