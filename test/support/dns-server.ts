import { createSocket, type Socket } from 'node:dgram';
import { getServers, setServers } from 'node:dns/promises';
import { once } from 'node:events';

const A = 1;

/** The DNS server that this process asks, for as long as it runs. It knows what a test tells it, over UDP on loopback. */
export class DnsServer {
  asked = 0;
  private addresses?: readonly string[];
  /** Answers what was asked while it was silent. */
  private readonly waiting: (() => void)[] = [];
  private readonly before = getServers();

  private constructor(private readonly socket: Socket) {
    socket.on('message', (question, { port, address }) => {
      this.asked += 1;
      const answer = () => socket.send(answerTo(question, this.addresses!), port, address);
      if (this.addresses) answer();
      else this.waiting.push(answer);
    });
    setServers([`127.0.0.1:${socket.address().port}`]);
  }

  static async start(): Promise<DnsServer> {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new DnsServer(socket);
  }

  /** Whatever is asked for has these addresses (IPv4) from now on; until then it is silent. */
  answer(addresses: readonly string[]): void {
    this.addresses = addresses;
    for (const answer of this.waiting.splice(0)) answer();
  }

  stop(): void {
    setServers(this.before);
    this.socket.close();
  }
}

/** RFC 1035, section 4: the question once more, and behind it an answer for each address. */
function answerTo(question: Buffer, addresses: readonly string[]): Buffer {
  const endOfName = question.indexOf(0, 12);
  const asked = question.subarray(12, endOfName + 5);
  const answers = question.readUInt16BE(endOfName + 1) === A ? addresses : [];
  const head = Buffer.from([question[0], question[1], 0x81, 0x80, 0, 1, 0, answers.length, 0, 0, 0, 0]);
  // The name is at byte 12; the class is Internet; it may be kept for no second.
  const records = answers.map((address) =>
    Buffer.from([0xc0, 12, 0, A, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]),
  );
  return Buffer.concat([head, asked, ...records]);
}
