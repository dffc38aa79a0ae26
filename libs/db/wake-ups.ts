import pg from 'pg';

/**
 * Waits for a notification of PostgreSQL, or for a while: what a poll would find within a second is found at once. A
 * lost connection only makes it a poll again.
 */
export class WakeUps {
  #client: pg.Client | null = null;
  #connecting: Promise<void> | null = null;
  #waiting = new Set<() => void>();
  #pending = false;
  #closed = false;

  /** @param channel `assent_outbox` or `assent_delivery` */
  constructor(
    private readonly databaseUrl: string,
    private readonly channel: 'assent_outbox' | 'assent_delivery',
  ) {}

  /** Resolves at the next notification, at one that came since the last wait, or after `timeoutMs`. */
  async wait(timeoutMs: number): Promise<void> {
    this.#connect();
    if (this.#pending || this.#closed) {
      this.#pending = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, timeoutMs);
      this.#waiting.add(done);
    });
    this.#pending = false;
  }

  /** Ends every wait; from here on `wait` returns at once. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#connecting;
    await this.#client?.end();
  }

  #wake(): void {
    this.#pending = true;
    for (const done of [...this.#waiting]) done();
  }

  #connect(): void {
    if (this.#client || this.#connecting || this.#closed) return;
    const client = new pg.Client({ connectionString: this.databaseUrl, application_name: `assent-${this.channel}` });
    const lost = () => {
      if (this.#client === client) this.#client = null;
    };
    client.on('notification', () => this.#wake());
    client.on('error', lost);
    client.on('end', lost);
    this.#connecting = client
      .connect()
      .then(async () => {
        await client.query(`LISTEN ${this.channel}`);
        this.#client = client;
        this.#wake();
      })
      // Not reachable: the wait's own timeout is the pause before the next try.
      .catch(lost)
      .finally(() => {
        this.#connecting = null;
      });
  }
}
