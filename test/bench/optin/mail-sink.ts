import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

const endOfMessage = '\r\n.\r\n';

/** A relay that takes every message, keeps none, and tells which confirming link went to whom (RFC 5321, RFC 2920). */
export class MailSink {
  readonly #waiting = new Map<string, (link: string) => void>();
  readonly #early = new Map<string, string>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<MailSink> {
    const server = createServer();
    const sink = new MailSink(server);
    server.on('connection', (socket) => sink.#serve(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return sink;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The path of the link that went to an address, now or later. */
  linkTo(address: string): Promise<string> {
    const early = this.#early.get(address);
    if (early !== undefined) {
      this.#early.delete(address);
      return Promise.resolve(early);
    }
    return new Promise((resolve) => this.#waiting.set(address, resolve));
  }

  #take(recipient: string, message: string): void {
    const link = /\/c\/[A-Za-z0-9_-]+/.exec(message.replaceAll('=\r\n', ''))?.[0];
    if (link === undefined) return;
    const waiting = this.#waiting.get(recipient);
    if (waiting) {
      this.#waiting.delete(recipient);
      waiting(link);
    } else this.#early.set(recipient, link);
  }

  #serve(socket: Socket): void {
    let buffered = '';
    let recipient = '';
    let inMessage = false;
    const step = (): boolean => {
      if (inMessage) {
        const end = buffered.indexOf(endOfMessage);
        if (end === -1) return false;
        this.#take(recipient, buffered.slice(0, end));
        buffered = buffered.slice(end + endOfMessage.length);
        inMessage = false;
        socket.write('250 2.0.0 taken\r\n');
        return true;
      }
      const end = buffered.indexOf('\r\n');
      if (end === -1) return false;
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'RCPT') recipient = /<([^>]*)>/.exec(line)?.[1] ?? '';
      if (verb === 'DATA') inMessage = true;
      if (verb === 'EHLO') socket.write('250-sink.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n');
      else if (verb === 'DATA') socket.write('354 go on\r\n');
      else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
      return true;
    };
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk: string) => {
      buffered += chunk;
      while (step());
    });
    socket.write('220 sink.example\r\n');
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve));
  }
}
