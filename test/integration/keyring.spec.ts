import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { newKey, open, seal } from '../../libs/privacy/cipher.js';
import { openIdentity, sealIdentity } from '../../libs/privacy/envelope.js';
import { KeyDestroyedError, Keyring } from '../../libs/privacy/keyring.js';
import { runningStack } from '../support/stack.js';

const { env } = runningStack();
const url = env.KEYRING_DATABASE_URL!;
const keyEncryptionKey = Buffer.from(env.KEY_ENCRYPTION_KEY!, 'base64');
const keyring = new Keyring(url, keyEncryptionKey);
const database = new pg.Pool({ connectionString: url, max: 1 });

let account: string;
let other: string;

async function newAccount(): Promise<string> {
  const id = randomUUID();
  await keyring.createAccount(id);
  return id;
}

beforeAll(async () => {
  account = await newAccount();
  other = await newAccount();
});

afterAll(async () => {
  await database.query('DELETE FROM subject_keys WHERE account_id = ANY($1)', [[account, other]]);
  await Promise.all([keyring.close(), database.end()]);
});

const same = (one: Buffer | undefined, two: Buffer | undefined) => one !== undefined && two?.equals(one) === true;

describe('the keys of an account', () => {
  test('stay as they are when the account is created again, also at once and by two processes', async () => {
    const second = new Keyring(url, keyEncryptionKey);
    const id = randomUUID();
    await Promise.all([keyring, second, keyring, second].map((each) => each.createAccount(id)));
    const [one, two] = [await keyring.account(id), await second.account(id)];
    await keyring.createAccount(id);
    expect(same(one.wrapping, two.wrapping)).toBe(true);
    expect(same(one.fingerprint, two.fingerprint)).toBe(true);
    expect(same((await keyring.account(id)).wrapping, one.wrapping)).toBe(true);
    await second.close();
  });

  test('are two different ones, and others than those of another account', async () => {
    const [mine, theirs] = [await keyring.account(account), await keyring.account(other)];
    const keys = [mine.wrapping, mine.fingerprint, theirs.wrapping, theirs.fingerprint].map((key) =>
      key.toString('hex'),
    );
    expect(new Set(keys).size).toBe(4);
    expect(keys.every((hex) => hex.length === 64)).toBe(true);
  });

  test('are missing for an account that does not exist', async () => {
    await expect(keyring.account(randomUUID())).rejects.toThrow(KeyDestroyedError);
    await expect(keyring.create(randomUUID(), 'contact', [randomUUID()])).rejects.toThrow(KeyDestroyedError);
  });

  test('do not open with another provider key', async () => {
    const stranger = new Keyring(url, newKey());
    await expect(stranger.account(account)).rejects.toThrow();
    await stranger.close();
  });
});

describe('the key of a subject', () => {
  test('is created once: whoever asks again, also at once, gets the same one', async () => {
    const second = new Keyring(url, keyEncryptionKey);
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const answers = await Promise.all(
      [keyring, second, keyring, second].map((each) => each.create(account, 'contact', ids)),
    );
    await second.close();
    for (const id of ids) {
      for (const answer of answers) expect(same(answer.get(id), answers[0]!.get(id))).toBe(true);
      expect(same(await keyring.one(account, id), answers[0]!.get(id))).toBe(true);
    }
    expect(new Set(ids.map((id) => answers[0]!.get(id)!.toString('hex'))).size).toBe(ids.length);
  });

  test('is there for another process as soon as it was created', async () => {
    const second = new Keyring(url, keyEncryptionKey);
    const id = randomUUID();
    const created = await keyring.create(account, 'contact', [id]);
    expect(same(await second.one(account, id), created.get(id))).toBe(true);
    await second.close();
  });

  test('is created for nobody and found for nobody where nobody is asked for', async () => {
    expect((await keyring.create(account, 'contact', [])).size).toBe(0);
    expect((await keyring.many(account, [])).size).toBe(0);
    expect(await keyring.destroy(account, [])).toBe(0);
  });

  test('is gone when it was destroyed, and so is everything it sealed', async () => {
    const [gone, kept] = [randomUUID(), randomUUID()];
    const keys = await keyring.create(account, 'contact', [gone, kept]);
    const envelope = sealIdentity(keys.get(gone)!, account, gone, { email: 'ada@example.com' });
    expect(await keyring.destroy(account, [gone])).toBe(1);

    await expect(keyring.one(account, gone)).rejects.toThrow(KeyDestroyedError);
    expect([...(await keyring.many(account, [gone, kept])).keys()]).toEqual([kept]);
    expect(await keyring.destroy(account, [gone])).toBe(0);
    const { rows } = await database.query('SELECT FROM subject_keys WHERE subject_id = $1', [gone]);
    expect(rows).toEqual([]);

    // Created anew for the same subject it is another key: what was sealed before stays closed.
    const again = (await keyring.create(account, 'contact', [gone])).get(gone)!;
    expect(() => openIdentity(again, account, gone, envelope)).toThrow();
  });

  test('of another account is neither returned, nor overwritten, nor destroyed', async () => {
    const id = randomUUID();
    const key = (await keyring.create(other, 'contact', [id])).get(id)!;
    expect((await keyring.many(account, [id])).size).toBe(0);
    await expect(keyring.one(account, id)).rejects.toThrow(KeyDestroyedError);
    expect((await keyring.create(account, 'contact', [id])).size).toBe(0);
    expect(await keyring.destroy(account, [id])).toBe(0);
    expect(same(await keyring.one(other, id), key)).toBe(true);
  });
});

describe('what stands in the keyring’s database', () => {
  test('holds no key in the clear, and only the provider’s key opens it', async () => {
    const id = randomUUID();
    const key = (await keyring.create(account, 'contact', [id])).get(id)!;
    const keys = await keyring.account(account);
    const { rows: subjects } = await database.query('SELECT * FROM subject_keys WHERE account_id = $1', [account]);
    const { rows: accounts } = await database.query('SELECT * FROM account_keys WHERE account_id = $1', [account]);
    expect(subjects.length).toBeGreaterThan(0);
    expect(accounts).toHaveLength(1);
    for (const value of [...subjects, ...accounts].flatMap((row) => Object.values(row))) {
      const bytes = Buffer.isBuffer(value) ? value : Buffer.from(String(value));
      for (const secret of [key, keys.wrapping, keys.fingerprint, keyEncryptionKey]) {
        expect(bytes.includes(secret)).toBe(false);
        expect(bytes.includes(secret.toString('hex'))).toBe(false);
        expect(bytes.includes(secret.toString('base64'))).toBe(false);
      }
    }
    const wrapping = open(keyEncryptionKey, accounts[0].wrapped_key, `account/${account}`);
    expect(same(wrapping, keys.wrapping)).toBe(true);
    expect(() => open(newKey(), accounts[0].wrapped_key, `account/${account}`)).toThrow();
  });

  test('does not open where the key of another subject was put in its place', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    await keyring.create(account, 'contact', [one, two]);
    const { rows } = await database.query('DELETE FROM subject_keys WHERE subject_id = $1 RETURNING *', [one]);
    await database.query(
      `INSERT INTO subject_keys (subject_id, account_id, kind, wrapped_key)
       SELECT $1, account_id, kind, wrapped_key FROM subject_keys WHERE subject_id = $2`,
      [one, two],
    );
    expect(rows).toHaveLength(1);
    await expect(keyring.one(account, one)).rejects.toThrow();
    expect(await keyring.one(account, two)).toHaveLength(32);
    await keyring.destroy(account, [one]);
  });

  test('is never rewritten: the role of the product may add and delete keys, not change them', async () => {
    for (const statement of [
      'UPDATE subject_keys SET wrapped_key = wrapped_key',
      'UPDATE account_keys SET key_version = 2',
      'TRUNCATE subject_keys',
      'DROP TABLE subject_keys',
    ]) {
      await expect(database.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

test('the sweep of orphans finds old keys of one kind, page by page, over all accounts, and no new ones', async () => {
  const { wrapping } = await keyring.account(account);
  const old = Array.from({ length: 5 }, (): string => randomUUID()).sort();
  for (const id of old) {
    await database.query(
      `INSERT INTO subject_keys (subject_id, account_id, kind, wrapped_key, created_at)
       VALUES ($1, $2, 'tombstone', $3, '2001-01-01')`,
      [id, account, seal(wrapping, newKey(), `subject/${account}/${id}`)],
    );
  }
  const fresh = randomUUID();
  await keyring.create(account, 'tombstone', [fresh]);

  const found: string[] = [];
  for (let after: string | undefined; ; ) {
    const page = await keyring.olderThan('tombstone', 60 * 60_000, 2, after);
    expect(page.length).toBeLessThanOrEqual(2);
    if (page.length === 0) break;
    found.push(...page.filter(({ accountId }) => accountId === account).map(({ subjectId }) => subjectId));
    after = page.at(-1)!.subjectId;
  }
  expect(found).toEqual(old);
  const contacts = await keyring.olderThan('contact', 60 * 60_000, 1_000);
  expect(contacts.map(({ subjectId }) => subjectId).filter((id) => old.includes(id))).toEqual([]);
  expect((await keyring.olderThan('tombstone', 0, 1_000)).map(({ subjectId }) => subjectId)).toContain(fresh);
});
