import { createServer, type Server, type Socket } from 'node:net';
import { composeMessage, messageIdOf } from './message.js';
import { createSender, type Sender, type SendOutcome } from './transport.js';

/** What the server does at a point of the session: answer with these lines, or do something to the connection. */
type Step = string | ((socket: Socket) => void);

interface Script {
  greeting?: Step;
  ehlo?: Step;
  auth?: Step;
  mail?: Step;
  rcpt?: Step;
  data?: Step;
  /** After the final dot. */
  end?: Step;
}

const drop: Step = (socket) => socket.destroy();
const silence: Step = () => undefined;

/** An SMTP server on a real socket that follows a script; a script per connection, the last one repeats. */
class ScriptedServer {
  readonly received: string[] = [];
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(private readonly scripts: Script[]) {
    this.server = createServer((socket) => this.serve(socket));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(socket: Socket): void {
    const script = this.scripts[Math.min(this.connections, this.scripts.length - 1)]!;
    this.connections += 1;
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    let buffer = '';
    let inData = false;
    const take = (step: Step | undefined, usual: string) => {
      const chosen = step ?? usual;
      if (typeof chosen === 'string') socket.write(`${chosen}\r\n`);
      else chosen(socket);
    };
    take(script.greeting, '220 test ESMTP');
    socket.on('data', (chunk) => {
      buffer += chunk.toString();
      for (;;) {
        if (inData) {
          const end = buffer.indexOf('\r\n.\r\n');
          if (end === -1) return;
          this.received.push(buffer.slice(0, end));
          buffer = buffer.slice(end + 5);
          inData = false;
          take(script.end, '250 2.0.0 queued');
          continue;
        }
        const end = buffer.indexOf('\r\n');
        if (end === -1) return;
        const line = buffer.slice(0, end).toUpperCase();
        buffer = buffer.slice(end + 2);
        if (line.startsWith('EHLO')) take(script.ehlo, '250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME');
        else if (line.startsWith('AUTH')) take(script.auth, '235 2.7.0 ok');
        else if (line.startsWith('MAIL')) take(script.mail, '250 2.1.0 ok');
        else if (line.startsWith('RCPT')) take(script.rcpt, '250 2.1.5 ok');
        else if (line.startsWith('DATA')) {
          take(script.data, '354 go on');
          inData = script.data === undefined;
        } else if (line.startsWith('RSET')) socket.write('250 2.0.0 ok\r\n');
        else if (line.startsWith('QUIT')) socket.end('221 2.0.0 bye\r\n');
        else socket.write('500 5.5.1 what\r\n');
      }
    });
  }
}

let server: ScriptedServer;
let sender: Sender;
afterEach(async () => {
  await sender.close();
  await server.close();
});

async function open(scripts: Script[], credentials = '', timeoutMs = 1_500): Promise<Sender> {
  server = new ScriptedServer(scripts);
  const url = `smtp://${credentials}127.0.0.1:${await server.listen()}`;
  sender = createSender({ url, connections: 1, connectTimeoutMs: timeoutMs, replyTimeoutMs: timeoutMs });
  return sender;
}

function message(text = 'Hej Åsa') {
  return composeMessage({
    from: { name: 'Åkes', address: 'news@akes.example' },
    to: 'asa@x.example',
    subject: 'Räksmörgås',
    html: `<p>${text}</p>`,
    text,
    messageId: messageIdOf('d1', 'news@akes.example'),
    date: new Date(),
  });
}

const cases: [string, Script, SendOutcome][] = [
  ['accepted after the dot', {}, { kind: 'sent', code: 250 }],
  [
    '450 at RCPT',
    { rcpt: '450 4.2.1 asa@x.example is busy' },
    { kind: 'deferred', code: 450, status: '4.2.1', reason: 'reply' },
  ],
  ['550 at RCPT', { rcpt: '550 5.1.1 <asa@x.example> unknown' }, { kind: 'failed', code: 550, status: '5.1.1' }],
  [
    '550 in several lines',
    { rcpt: '550-5.1.1 no\r\n550 5.1.1 such user' },
    { kind: 'failed', code: 550, status: '5.1.1' },
  ],
  [
    '550 without an enhanced status',
    { rcpt: '550 no such user 5.1.1' },
    { kind: 'failed', code: 550, status: undefined },
  ],
  [
    'a status of another class than its code',
    { rcpt: '550 4.2.1 odd' },
    { kind: 'failed', code: 550, status: undefined },
  ],
  ['553 at MAIL', { mail: '553 5.1.8 bad sender' }, { kind: 'failed', code: 553, status: '5.1.8' }],
  ['451 at DATA', { data: '451 4.3.0 later' }, { kind: 'deferred', code: 451, status: '4.3.0', reason: 'reply' }],
  [
    '503 at RCPT, which is about the session',
    { rcpt: '503 5.5.1 no MAIL' },
    { kind: 'deferred', code: 503, status: '5.5.1', reason: 'reply' },
  ],
  ['452 after the dot', { end: '452 4.2.2 full' }, { kind: 'deferred', code: 452, status: '4.2.2', reason: 'reply' }],
  ['552 after the dot', { end: '552 5.2.2 full' }, { kind: 'failed', code: 552, status: '5.2.2' }],
  [
    '421 after MAIL',
    { mail: (s) => s.end('421 4.3.2 going down\r\n') },
    { kind: 'deferred', code: 421, status: '4.3.2', reason: 'reply' },
  ],
  [
    '421 after the dot',
    { end: (s) => s.end('421 4.3.2 going down\r\n') },
    { kind: 'deferred', code: 421, status: '4.3.2', reason: 'reply' },
  ],
  ['dropped at connect', { greeting: drop }, { kind: 'deferred', reason: 'connection_lost' }],
  [
    '554 as greeting, which is about the relay',
    { greeting: '554 5.7.1 not you' },
    { kind: 'deferred', code: 554, status: '5.7.1', reason: 'refused_session' },
  ],
  ['no greeting', { greeting: silence }, { kind: 'deferred', reason: 'timeout' }],
  ['dropped at MAIL', { mail: drop }, { kind: 'deferred', reason: 'connection_lost' }],
  ['dropped at RCPT', { rcpt: drop }, { kind: 'deferred', reason: 'connection_lost' }],
  ['dropped at DATA', { data: drop }, { kind: 'deferred', reason: 'connection_lost' }],
  ['no answer to RCPT', { rcpt: silence }, { kind: 'deferred', reason: 'timeout' }],
  ['dropped after the final dot', { end: drop }, { kind: 'unknown', reason: 'connection_lost' }],
  ['closed politely after the final dot', { end: (s) => s.end() }, { kind: 'unknown', reason: 'connection_lost' }],
  ['no answer after the final dot', { end: silence }, { kind: 'unknown', reason: 'timeout' }],
  ['half an answer after the final dot', { end: (s) => s.end('25') }, { kind: 'unknown', reason: 'connection_lost' }],
];

test.each(cases)('%s', async (_, script, outcome) => {
  await open([script]);
  expect(await sender.send(message())).toEqual(outcome);
});

test('a wrong password of the relay defers, it does not bounce addresses', async () => {
  await open([{ auth: '535 5.7.8 no' }], 'user:secret@');
  expect(await sender.send(message())).toEqual({
    kind: 'deferred',
    code: 535,
    status: '5.7.8',
    reason: 'authentication',
  });
});

test('nobody listening defers', async () => {
  await open([{}]);
  await server.close();
  expect(await sender.send(message())).toEqual({ kind: 'deferred', reason: 'no_connection' });
  server = new ScriptedServer([{}]);
  await server.listen();
});

test('a connection lost in the middle of a large message defers: the dot was never sent', async () => {
  const stopReading: Step = (socket) => {
    socket.pause();
    socket.write('354 go on\r\n', () => setTimeout(() => socket.destroy(), 300));
  };
  await open([{ data: stopReading }], '', 20_000);
  // Larger than what the sockets of both sides buffer.
  const outcome = await sender.send(message('Åsa '.repeat(1_500_000)));
  expect(outcome).toEqual({ kind: 'deferred', reason: 'connection_lost' });
  expect(server.received).toEqual([]);
}, 30_000);

test('an unknown outcome is not tried again by itself', async () => {
  await open([{ end: drop }, {}]);
  expect((await sender.send(message())).kind).toBe('unknown');
  expect(server.received).toHaveLength(1);
  expect(server.connections).toBe(1);
});

test('a connection that the server closed while idle is replaced, and nothing is sent twice', async () => {
  await open([
    { end: (socket) => socket.write('250 2.0.0 ok\r\n', () => setTimeout(() => socket.destroy(), 500)) },
    {},
  ]);
  expect((await sender.send(message())).kind).toBe('sent');
  expect((await sender.send(message())).kind).toBe('sent');
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect((await sender.send(message())).kind).toBe('sent');
  expect(server.received).toHaveLength(3);
});

test('a refused address does not cost the connection', async () => {
  await open([{ rcpt: '550 5.1.1 no' }]);
  await Promise.all([sender.send(message()), sender.send(message())]);
  expect(server.connections).toBe(1);
});

test('closing lets what is under way finish and defers what comes later', async () => {
  await open([{ end: (socket) => setTimeout(() => socket.write('250 2.0.0 ok\r\n'), 100) }]);
  const underWay = sender.send(message());
  await sender.close();
  expect(await underWay).toEqual({ kind: 'sent', code: 250 });
  expect(await sender.send(message())).toEqual({ kind: 'deferred', reason: 'sender_closed' });
});
