import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail as a mail server got it. */
export interface ReceivedMail extends Email {
  /** Who it is from and whom it is for, as told to the server; what mail programs show is in `from` and `to`. */
  readonly envelope: { from: string; to: string[] };
  readonly raw: string;
}

interface Options {
  /** 0: any free one. */
  readonly port?: number;
  /** Without: nobody needs to log in. */
  readonly password?: string;
  /** Runs when a recipient is named, or a mail has arrived but is not accepted yet; may take its time, may throw. */
  readonly onRecipient?: (address: string) => Promise<void> | void;
  readonly onMail?: (mail: ReceivedMail) => Promise<void> | void;
}

/** The answer of a server that does not want something. */
export class Refusal extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** A real mail server in this process, on the loopback interface. */
export class TestSmtpServer {
  /** The mails that were accepted. */
  readonly received: ReceivedMail[] = [];
  /** How many connections there were so far. */
  connections = 0;

  private constructor(
    private readonly server: SMTPServer,
    readonly port: number,
  ) {}

  static async start({ port = 0, password, onRecipient, onMail }: Options = {}): Promise<TestSmtpServer> {
    const server = new SMTPServer({
      disabledCommands: password === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
      allowInsecureAuth: true,
      closeTimeout: 1,
      onAuth: ({ username, password: given }, _session, done) => {
        // Some servers are that talkative.
        const told = `${username} may not enter with ${given}, ${base64(`${given}`)}, ${base64(`\0${username}\0${given}`)}`;
        if (given === password) done(null, { user: username });
        else done(new Refusal(535, told));
      },
      onConnect: (_session, done) => {
        started.connections += 1;
        done();
      },
      onRcptTo: ({ address }, _session, done) => settle(async () => onRecipient?.(address), done),
      onData: (stream, { envelope }, done) =>
        settle(async () => {
          const raw = await buffer(stream);
          const mail = {
            ...(await PostalMime.parse(raw)),
            envelope: {
              from: envelope.mailFrom ? envelope.mailFrom.address : '',
              to: envelope.rcptTo.map(({ address }) => address),
            },
            raw: raw.toString(),
          };
          await onMail?.(mail);
          started.received.push(mail);
        }, done),
    });
    // Clients that go away in the middle of something are part of the tests.
    server.on('error', () => undefined);
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    const started = new TestSmtpServer(server, (server.server.address() as AddressInfo).port);
    return started;
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.port}`;
  }

  get subjects(): (string | undefined)[] {
    return this.received.map(({ subject }) => subject);
  }

  get openConnections(): number {
    return this.server.connections.size;
  }

  /** Stops listening and cuts all connections. */
  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

function settle(work: () => Promise<void>, done: (error?: Error) => void): void {
  work().then(
    () => done(),
    (error: Error) => done(error),
  );
}
