import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The secrets of one data folder: files of mode 0600 in a folder of mode 0700, made once. */
export class Secrets {
  private readonly folder: string;

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'secrets');
    mkdirSync(this.folder, { recursive: true, mode: 0o700 });
  }

  /** 32 random bytes in base64, the same ones every time. */
  key(name: string): string {
    return this.readOrCreate(name, () => randomBytes(32).toString('base64'));
  }

  /** 48 hexadecimal digits, the same ones every time; they need no escaping in a URL. */
  password(name: string): string {
    return this.readOrCreate(name, () => randomBytes(24).toString('hex'));
  }

  private readOrCreate(name: string, create: () => string): string {
    const file = join(this.folder, name);
    try {
      return readFileSync(file, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
    // Complete and on disk before anything is encrypted with it: half a key would lose everything.
    const value = create();
    const draft = `${file}.draft`;
    const handle = openSync(draft, 'w', 0o600);
    writeSync(handle, `${value}\n`);
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
    return value;
  }
}
