import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

export type PortName = 'api' | 'temporal' | 'temporalUi' | 'inboxSmtp' | 'inboxWeb' | 'codec' | 'postgres' | 'metrics';

/** Well known where a person types them; the others can be anything. */
const friendly: Partial<Record<PortName, number>> = {
  api: 3000,
  temporal: 7233,
  temporalUi: 8233,
  inboxSmtp: 1025,
  inboxWeb: 1080,
};

// Below the range that Linux takes for outgoing connections (32768 and up): while a part is down, a client that keeps
// reconnecting could otherwise be given the very port as its own and end up connected to itself.
const LOWEST = 20_000;
const HIGHEST = 32_000;

/** A port that nobody else gets: it is held open until just before the part that it is for starts. */
export class ReservedPort {
  private constructor(
    readonly number: number,
    private held: Server | undefined,
  ) {}

  /**
   * @param wanted a number must be free; 0 is any free port; undefined is the well known one, or any if that is taken
   * @throws Error when the wanted port is in use
   */
  static async reserve(name: PortName, wanted: number | undefined, host = '127.0.0.1'): Promise<ReservedPort> {
    const first = wanted ?? friendly[name] ?? 0;
    if (first !== 0) {
      const server = await listen(first, host);
      if (server) return new ReservedPort(first, server);
      if (wanted !== undefined) throw new Error(`Port ${first} (${name}) is in use.`);
    }
    for (let attempt = 0; attempt < 200; attempt += 1) {
      const candidate = randomInt(LOWEST, HIGHEST);
      const server = await listen(candidate, host);
      if (server) return new ReservedPort(candidate, server);
    }
    throw new Error(`No free port was found for ${name}.`);
  }

  /** Gives the port back to whoever binds it next. */
  async release(): Promise<void> {
    const server = this.held;
    this.held = undefined;
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

function listen(port: number, host: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => {
      server.unref();
      resolve(server);
    });
  });
}
