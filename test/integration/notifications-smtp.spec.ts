import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { ConfigError } from '../../src/config';
import { MailRefused } from '../../src/notifications/mail/mailer';
import { SmtpMailer, SmtpTimeouts } from '../../src/notifications/mail/smtp-mailer';
import { mail } from '../contracts/mailer.contract';
import { Refusal, TestSmtpServer } from '../support/smtp-server';
import { until } from '../support/until';

const FROM = 'allocations@example.com';
const cleanUps: (() => unknown)[] = [];

function mailerTo(url: string, timeouts?: Partial<SmtpTimeouts>): SmtpMailer {
  const mailer = new SmtpMailer(url, FROM, { ...new SmtpTimeouts(), ...timeouts });
  cleanUps.push(() => mailer.close());
  return mailer;
}

async function smtpServer(options?: Parameters<typeof TestSmtpServer.start>[0]): Promise<TestSmtpServer> {
  const server = await TestSmtpServer.start(options);
  cleanUps.push(() => server.stop());
  return server;
}

/** A server that speaks something else than SMTP, or nothing. */
async function strangeServer(
  onConnection: (socket: Socket) => void,
): Promise<{ url: string; server: Server }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    onConnection(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  });
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

/** What sending ends in. */
const failure = (sending: Promise<void>): Promise<Error> =>
  sending.then(
    () => {
      throw new Error('The mail was sent');
    },
    (error: Error) => error,
  );

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

describe('the mail', () => {
  test('names its sender, and can be recognised when it comes again', async () => {
    const server = await smtpServer();
    const mailer = mailerTo(server.url);
    const one = mail();
    await mailer.send(one);
    await mailer.send(one);
    await mailer.send(mail());

    const [first, again, other] = server.received;
    expect(first.envelope).toEqual({ from: FROM, to: [one.to] });
    expect(first.from?.address).toBe(FROM);
    expect(first.to).toEqual([{ address: one.to, name: '' }]);
    expect(first.messageId).toBe(`<${one.id}@example.com>`);
    expect(again.messageId).toBe(first.messageId);
    expect(other.messageId).not.toBe(first.messageId);
    expect(first.headers).toContainEqual(
      expect.objectContaining({ key: 'auto-submitted', value: 'auto-generated' }),
    );
  });

  test('gets no headers and no recipients from its subject or its address', async () => {
    const server = await smtpServer();
    const mailer = mailerTo(server.url);
    await mailer.send(mail({ subject: 'Hello\r\nBcc: spy@example.com\r\n\r\nOther text' }));
    await mailer.send(mail({ to: 'a@example.com, spy@example.com' })).catch(() => undefined);

    const [first] = server.received;
    expect(first.headers.map(({ key }) => key)).not.toContain('bcc');
    expect(first.text).toBe(mail().text);
    expect(server.received.flatMap(({ envelope }) => envelope.to)).not.toContain('spy@example.com');
  });
});

describe('connections to the mail server', () => {
  test('are few, and used again', async () => {
    const server = await smtpServer();
    const mailer = mailerTo(server.url);
    await Promise.all(Array.from({ length: 30 }, () => mailer.send(mail())));
    expect(server.received).toHaveLength(30);
    expect(server.connections).toBeLessThanOrEqual(3);
  });

  test('do not matter that it has closed meanwhile', async () => {
    const server = await smtpServer();
    const mailer = mailerTo(server.url);
    await mailer.send(mail());
    await server.stop();
    const again = await smtpServer({ port: server.port });
    await mailer.send(mail());
    expect(again.received).toHaveLength(1);
  });

  test('are closed at the end, which cuts off what is on its way', async () => {
    const server = await smtpServer({ onMail: () => new Promise(() => undefined) });
    const mailer = mailerTo(server.url);
    const sending = failure(mailer.send(mail()));
    await until(() => server.openConnections === 1);
    mailer.close();
    expect(await sending).not.toBeInstanceOf(MailRefused);
    await until(() => server.openConnections === 0);
  });
});

describe('a mail server', () => {
  test('that is down may come up again', async () => {
    const server = await smtpServer();
    await server.stop();
    const mailer = mailerTo(server.url);
    const error = await failure(mailer.send(mail()));
    expect(error).not.toBeInstanceOf(MailRefused);
    expect(error.message).toContain('ECONNREFUSED');

    const up = await smtpServer({ port: server.port });
    await mailer.send(mail());
    expect(up.received).toHaveLength(1);
  });

  test.each([
    ['never says a word', () => undefined, { greeting: 100 }],
    [
      'falls silent in the middle',
      (socket: Socket) => {
        socket.write('220 hello\r\n');
        socket.on('data', (data) => data.toString().startsWith('EHLO') && socket.write('250 mail\r\n'));
      },
      { silence: 100 },
    ],
    [
      'talks without end',
      (socket: Socket) => {
        const timer = setInterval(() => socket.write('220-wait a moment\r\n'), 20);
        socket.on('close', () => clearInterval(timer));
      },
      { mail: 200 },
    ],
    [
      'talks without end after the mail',
      (socket: Socket) => {
        socket.write('220 hello\r\n');
        socket.on('data', (data) => {
          if (data.toString().startsWith('DATA')) {
            const timer = setInterval(() => socket.write('354-wait a moment\r\n'), 20);
            socket.on('close', () => clearInterval(timer));
          } else socket.write('250 fine\r\n');
        });
      },
      { mail: 200 },
    ],
  ])('that %s is cut off', async (_, onConnection, timeouts) => {
    let closed = false;
    const { url } = await strangeServer((socket) => {
      socket.on('close', () => (closed = true));
      socket.resume();
      onConnection(socket);
    });
    const start = Date.now();
    const error = await failure(mailerTo(url, timeouts).send(mail()));
    expect(error).not.toBeInstanceOf(MailRefused);
    expect(Date.now() - start).toBeLessThan(20_000);
    await until(() => closed, 8);
  });

  test.each([
    ['refuses the recipient with 550', 550, 'recipient', true],
    ['refuses the mail with 554', 554, 'mail', true],
    ['puts off the recipient with 450', 450, 'recipient', false],
    ['puts off the mail with 451', 451, 'mail', false],
    ['wants to be greeted otherwise, with 503', 503, 'recipient', false],
    ['wants a login first, with 530', 530, 'recipient', false],
  ] as const)('that %s', async (_, code, at, forGood) => {
    const refuse = () => {
      throw new Refusal(code, 'Not this one');
    };
    const server = await smtpServer(at === 'mail' ? { onMail: refuse } : { onRecipient: refuse });
    const error = await failure(mailerTo(server.url).send(mail()));
    expect(error instanceof MailRefused).toBe(forGood);
    expect(error.message).toContain(String(code));
  });

  test('that answers with control characters makes a printable error of bounded length', async () => {
    const { url } = await strangeServer((socket) => {
      socket.write('220 hello\r\n');
      socket.on('data', (data) => {
        const isRecipient = data.toString().startsWith('RCPT');
        socket.write(isRecipient ? `550-no\0 \u001b[31mway\r\n550 ${'x'.repeat(900)}\r\n` : '250 fine\r\n');
      });
    });
    const error = await failure(mailerTo(url).send(mail()));
    expect(error).toBeInstanceOf(MailRefused);
    expect(error.message).toContain('550-no\\u0000 \\u001b[31mway');
    expect(error.message).not.toMatch(/\p{C}/u);
    expect(error.message.length).toBeLessThanOrEqual(500);
  });

  test('that closes before it greets may be better next time', async () => {
    const { url } = await strangeServer((socket) => socket.end('554 no service here\r\n'));
    expect(await failure(mailerTo(url).send(mail()))).not.toBeInstanceOf(MailRefused);
  });
});

describe('the password of the mail server', () => {
  const password = 'sw%rd/fish+';
  const url = (server: TestSmtpServer, secret: string) =>
    `smtp://me%40home:${encodeURIComponent(secret)}@127.0.0.1:${server.port}`;

  test('opens the door', async () => {
    const server = await smtpServer({ password });
    await mailerTo(url(server, password)).send(mail());
    expect(server.received).toHaveLength(1);
  });

  test('is in no error, even when the server repeats it; a wrong one is no refusal of the mail', async () => {
    const server = await smtpServer({ password: 'another' });
    const error = await failure(mailerTo(url(server, password)).send(mail()));
    expect(error).not.toBeInstanceOf(MailRefused);
    expect(error.message).toContain('me@home may not enter with ***, ***, ***');
    expect(JSON.stringify([error, error.stack, Object.entries(error)])).not.toContain(password);
    expect(error.cause).toBeUndefined();
  });

  test.each(['smtp://me:swordfish@', 'smtp://me:swordfish@host:99999', 'smtp://me:swordfish@my host'])(
    'is not in what is said about the unusable URL %s',
    (unusable) => {
      let error: unknown;
      try {
        new SmtpMailer(unusable, FROM);
      } catch (thrown) {
        error = thrown;
      }
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).toContain('SMTP_URL must look like');
      expect(JSON.stringify([String(error), (error as Error).stack, { ...(error as Error) }])).not.toContain(
        'swordfish',
      );
    },
  );
});
