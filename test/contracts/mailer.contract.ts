import { randomUUID } from 'node:crypto';
import { type Mail, type Mailer, MailRefused } from '../../src/notifications/mail/mailer';

/** What the suite needs to know of a kind of mailer and of where its mails go. */
export interface MailRoute {
  readonly mailer: Mailer;
  received(): Pick<Mail, 'to' | 'subject' | 'text'>[];
  /** From now on this address takes no mail. */
  refuse(address: string): void;
  close(): Promise<void>;
}

export const mail = (fields: Partial<Mail> = {}): Mail => ({
  id: randomUUID(),
  to: 'buyers@example.com',
  subject: 'Out of stock for LAMP',
  text: 'First line.\nSecond line.\n',
  ...fields,
});

/** What every mailer promises. */
export function mailerContract(name: string, open: () => Promise<MailRoute>): void {
  describe(`mailer: ${name}`, () => {
    let route: MailRoute;

    beforeEach(async () => {
      route = await open();
    });
    afterEach(() => route.close());

    test('brings recipient, subject and text over as they are', async () => {
      const { to, subject, text } = mail();
      await route.mailer.send(mail({ to, subject, text }));
      expect(route.received()).toEqual([expect.objectContaining({ to, subject, text })]);
    });

    test.each([
      ['umlauts', 'Kein Vorrat von GRÜNER-STUHL'],
      ['emoji', `Out of stock for ${'🛋️'.repeat(60)}`],
      ['quotes and backslashes', 'Out of stock for 1/2" BOLT \\ NUT'],
      ['no place to break the line', `Out of stock for ${'X'.repeat(255)}`],
      ['many words', `Out of stock for ${'SMALL TABLE '.repeat(20)}END`],
    ])('keeps a subject with %s', async (_, subject) => {
      await route.mailer.send(mail({ subject }));
      expect(route.received()[0].subject).toBe(subject);
    });

    test('keeps a text with long lines, dots and characters of all kinds', async () => {
      const text = `.\n..\n${'x'.repeat(2000)}\nÄ 🛋️ \\ "\n.\n`;
      await route.mailer.send(mail({ text }));
      expect(route.received()[0].text).toBe(text);
    });

    test('sends many at the same time, each once', async () => {
      const subjects = Array.from({ length: 20 }, (_, index) => `Mail ${index}`);
      await Promise.all(subjects.map((subject) => route.mailer.send(mail({ subject }))));
      expect(new Set(route.received().map(({ subject }) => subject))).toEqual(new Set(subjects));
      expect(route.received()).toHaveLength(20);
    });

    test('tells what is refused for good, and goes on with the others', async () => {
      route.refuse('nobody@example.com');
      const [first, refused, last] = await Promise.allSettled([
        route.mailer.send(mail({ subject: 'first' })),
        route.mailer.send(mail({ to: 'nobody@example.com' })),
        route.mailer.send(mail({ subject: 'last' })),
      ]);
      expect([first.status, last.status]).toEqual(['fulfilled', 'fulfilled']);
      expect((refused as PromiseRejectedResult).reason).toBeInstanceOf(MailRefused);
      expect(new Set(route.received().map(({ subject }) => subject))).toEqual(new Set(['first', 'last']));
    });

    test('sends nothing once it is closed, which is no refusal', async () => {
      await route.mailer.send(mail());
      route.mailer.close();
      const error: unknown = await route.mailer.send(mail()).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(MailRefused);
      expect(route.received()).toHaveLength(1);
    });
  });
}
