import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { LinkTokens } from '../../../libs/privacy/link-token.js';
import { PlatformKeys } from '../../../libs/privacy/platform-keys.js';
import { AccountRows } from '../../support/account-rows.js';
import { body, freshEmail, inbox, MarketingAccount, mailLimitMs } from '../../support/marketing-account.js';
import { companyFields, linksOf, SignUpForm } from '../../support/sign-up-form.js';
import { runningStack } from '../../support/stack.js';
import { StackAccess } from '../../support/test-account.js';

const { env, urls } = runningStack();
const stack = new StackAccess();
const tokens: LinkTokens = new PlatformKeys(stack.config.keyEncryptionKey).links;
let form: SignUpForm;

beforeAll(async () => {
  form = await SignUpForm.open(stack);
});
afterAll(() => stack.close());

/** Sends bytes as they are and reads until the connection ends, or for as long as given. */
function raw(text: string | Buffer, waitMs = 3_000): Promise<string> {
  const { hostname, port } = new URL(urls.api);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.once('error', reject);
    socket.once('close', () => resolve(answer));
    setTimeout(() => socket.destroy(), waitMs);
  });
}

const post = (path: string, type: string, content: string | Buffer) =>
  raw(
    Buffer.concat([
      Buffer.from(
        `POST ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer ${form.account.key}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(content)}\r\n\r\n`,
      ),
      Buffer.from(content),
    ]),
  );
const statusOf = (answer: string) => Number(answer.split(' ', 2)[1]);

describe('a line break in what reaches a header of a mail', () => {
  const breaks = [
    '\r\nBcc: victim@people.example',
    '\nBcc: victim@people.example',
    '\rX: y',
    '\u0000',
    '\u2028Bcc: x',
    '\u0085x',
  ];

  test.each(breaks)('is refused in every name and address that a company sets (%j)', async (end) => {
    const { account, listId } = form;
    const brand = { ...companyFields, name: randomUUID() };
    const template = { brand_id: randomUUID(), name: 'x', body: body('x') };
    const oneLine: Array<[string, object]> = [
      ['/v1/brands', { ...brand, sender_email: `a@b.example${end}` }],
      ['/v1/suppressions', { email: `a@b.example${end}` }],
      ['/v1/test-addresses', { email: `a@b.example${end}` }],
    ];
    // A line separator is no line break of a mail; in an address it is no character of one.
    if (!end.startsWith('\u2028')) {
      oneLine.push(
        ['/v1/brands', { ...brand, name: `x${end}` }],
        ['/v1/brands', { ...brand, sender_name: `x${end}y` }],
        ['/v1/lists', { brand_id: randomUUID(), name: `x${end}y`, purpose: 'x' }],
        ['/v1/templates', { ...template, subject: `x${end}y` }],
        ['/v1/campaigns', { name: `x${end}y`, list_id: listId, template_id: randomUUID() }],
      );
    }
    for (const [path, content] of oneLine) {
      expect([path, (await account.call('POST', path, { body: content })).status]).toEqual([path, 422]);
    }
    const contact = await account.call('PUT', '/v1/contacts', { body: { email: `a@b.example${end}` } });
    expect(contact.status).toBe(422);
    expect((await form.submit({ email: `a@b.example${end}`, consent: 'yes' })).status).toBe(422);
  });

  test('typed as a first name by a visitor sends nothing to anybody else', async () => {
    const victim = freshEmail();
    for (const end of ['\r\n', '\n', '\r']) {
      const answer = await form.submit({ email: freshEmail(), first_name: `A${end}Bcc: ${victim}`, consent: 'yes' });
      expect(answer.status).toBe(422);
    }
    expect((await inbox.messages()).filter((mail) => mail.to.includes(victim))).toEqual([]);
  });
});

describe('a link', () => {
  test('that was forged in any of its bytes opens nothing', async () => {
    const token = tokens.sign({ purpose: 'confirm_opt_in', accountId: form.account.id, subjectId: randomUUID() });
    for (let at = 0; at < token.length; at += 1) {
      const forged = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect((await fetch(`${urls.api}/c/${forged}`, { method: 'POST' })).status).toBe(404);
    }
  });

  test('that is used again after its end changes nothing', async () => {
    const email = freshEmail();
    const { confirm, reject } = await form.signUp(email);
    expect((await fetch(confirm, { method: 'POST' })).status).toBe(200);
    const rows = await AccountRows.open(env.DATABASE_URL!, form.account.id);
    const before = await rows.settled();
    for (let repeat = 0; repeat < 5; repeat += 1) {
      expect((await fetch(confirm, { method: 'POST' })).status).toBe(200);
      await fetch(reject, { method: 'POST' });
    }
    const after = await rows.settled();
    await rows.close();
    expect(after).toEqual(before);
  });
});

describe('a page', () => {
  test('sets no cookie, reads none, redirects nowhere and allows no script, whatever it is asked with', async () => {
    const { confirm, reject } = linksOf(
      await form
        .submit({ email: 'page@people.example', consent: 'yes' })
        .then(() => inbox.find((mail) => mail.to.includes('page@people.example'), mailLimitMs)),
    );
    const unknown = tokens.sign({ purpose: 'unsubscribe', accountId: form.account.id, subjectId: randomUUID() });
    const pages = [
      form.url,
      confirm,
      reject,
      `${urls.api}/u/${unknown}`,
      `${urls.api}/c/nothing`,
      `${urls.api}/f/nothing`,
    ];
    const elsewhere = 'https://evil.example';
    for (const page of pages) {
      const seen = [];
      for (const cookie of ['', 'session=1; lang=sv']) {
        const target = `${page}${page.includes('?') ? '&' : '?'}next=${elsewhere}&redirect=${elsewhere}&return_to=//evil.example`;
        const response = await fetch(target, {
          redirect: 'manual',
          headers: { cookie, referer: elsewhere, origin: elsewhere, 'x-forwarded-host': 'evil.example' },
        });
        const text = await response.text();
        const header = (name: string) => response.headers.get(name);
        expect([page, response.status >= 300 && response.status < 400, header('location')]).toEqual([
          page,
          false,
          null,
        ]);
        expect(header('set-cookie')).toBeNull();
        expect(header('content-security-policy')).toContain("default-src 'none'");
        expect(header('content-security-policy')).not.toMatch(/unsafe|script-src|\*/);
        expect(header('content-security-policy')).toContain("frame-ancestors 'none'");
        expect(header('access-control-allow-origin')).toBeNull();
        expect(text).not.toContain('evil.example');
        expect(text).not.toMatch(/<script|javascript:| on\w+=/i);
        seen.push(text);
      }
      expect(seen[0]).toBe(seen[1]);
    }
  });

  test('shows what was typed as text, never as markup', async () => {
    const typed = '"><img src=x onerror=alert(1)>';
    const page = await (await form.submit({ email: typed, first_name: typed, consent: 'no' })).text();
    expect(page).toContain('&lt;img');
    expect(page).not.toContain('<img src=x');
  });
});

describe('a body', () => {
  const formPath = () => new URL(form.url).pathname;

  test('that is too large is refused before it was sent whole', async () => {
    for (const [path, type, limit] of [
      ['/v1/brands', 'application/json', 1024 * 1024],
      [formPath(), 'application/x-www-form-urlencoded', 64 * 1024],
      ['/u/nothing', 'application/x-www-form-urlencoded', 16 * 1024],
    ] as const) {
      const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${form.account.key}\r\nContent-Type: ${type}\r\nContent-Length: ${limit + 1}\r\n\r\n`;
      expect([path, statusOf(await raw(head))]).toEqual([path, 413]);
    }
  });

  test('that comes drop by drop, or never, keeps nobody else from an answer', async () => {
    const slow = Array.from({ length: 50 }, () =>
      raw(
        `POST ${formPath()} HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\na`,
        2_000,
      ),
    );
    const answer = await form.submit({ email: freshEmail(), consent: 'yes' });
    expect(answer.status).toBe(202);
    await Promise.all(slow);
  });

  const malformed: Array<[string, string, string | Buffer, number[]]> = [
    ['JSON that ends early', 'application/json', '{"name":', [400]],
    [
      'JSON with a key that would change prototypes',
      'application/json',
      '{"__proto__":{"role":"owner"},"name":"x"}',
      [400, 422],
    ],
    ['JSON with a constructor', 'application/json', '{"constructor":{"prototype":{"x":1}},"name":"x"}', [400, 422]],
    ['a hundred thousand brackets', 'application/json', '['.repeat(100_000) + ']'.repeat(100_000), [400, 422]],
    ['deep objects', 'application/json', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`, [400, 422]],
    [
      'a number beyond all numbers',
      'application/json',
      '{"name":1e999999,"version":123456789012345678901234567890}',
      [400, 422],
    ],
    [
      'bytes that are no UTF-8',
      'application/json',
      Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
      [400, 422],
    ],
    ['NUL in a text', 'application/json', '{"name":"a\\u0000b"}', [422]],
    ['half of a character', 'application/json', '{"name":"a\\ud800b"}', [422]],
    ['an array', 'application/json', '[]', [400, 422]],
    ['null', 'application/json', 'null', [400, 422]],
    ['XML', 'application/xml', '<a/>', [415]],
    ['a form', 'application/x-www-form-urlencoded', 'name=x', [415]],
  ];
  test.each(malformed)('of %s is refused by the API with a reason', async (_, type, content, statuses) => {
    const answer = await post('/v1/brands', type, content);
    expect(statuses).toContain(statusOf(answer));
    expect(answer).toContain('application/problem+json');
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });

  test.each([
    ['a percent sign alone', 'application/x-www-form-urlencoded', 'email=%&consent=yes'],
    ['bytes that are no UTF-8', 'application/x-www-form-urlencoded', 'email=%ff%fe&consent=yes'],
    ['prototype keys', 'application/x-www-form-urlencoded', '__proto__[consent]=yes&constructor.prototype.x=1&email=x'],
    ['NUL', 'application/x-www-form-urlencoded', 'email=a%00@b.example&consent=yes'],
    [
      'a thousand fields',
      'application/x-www-form-urlencoded',
      Array.from({ length: 1_500 }, (_, i) => `f${i}=1`).join('&'),
    ],
    ['JSON in place of a form', 'application/json', '{"email":{"$ne":""},"consent":true}'],
    ['JSON with prototypes', 'application/json', '{"__proto__":{"consent":true},"email":"a@b.example"}'],
  ])('of %s is refused by the form, and nothing is kept', async (_, type, content) => {
    const count = () => stack.db.forAccount(form.account.id, (tx) => tx.signUp.count());
    const before = await count();
    const status = statusOf(await post(formPath(), type, content));
    expect([400, 413, 422]).toContain(status);
    expect(await count()).toBe(before);
  });

  test.each([
    ['without a boundary', 'multipart/form-data', 'x'],
    ['that ends early', 'multipart/form-data; boundary=a', '--a\r\nContent-Disposition: form-data; name="x"\r\n\r\n1'],
    ['that is none', 'multipart/form-data; boundary=a', 'x'],
  ])('of multipart %s is refused by the one click', async (_, type, content) => {
    const token = tokens.sign({ purpose: 'unsubscribe', accountId: form.account.id, subjectId: randomUUID() });
    expect(statusOf(await post(`/u/${token}`, type, content))).toBe(400);
  });
});

describe('a template', () => {
  let aurora: MarketingAccount;
  beforeAll(async () => {
    aurora = await MarketingAccount.open(stack);
  });

  test.each([
    ["{% include 'package.json' %}"],
    ["{% render '/etc/passwd' %}"],
    ["{% layout 'x' %}"],
    ['{{ contact.email | raw }}'],
    ['{{ contact.constructor }}{{ contact.__proto__ }}{{ "".constructor.constructor }}'],
    ['{% for i in (1..100000000) %}x{% endfor %}'],
    ['{% for i in (1..9999) %}{% for j in (1..9999) %}{% for k in (1..9999) %}x{% endfor %}{% endfor %}{% endfor %}'],
    ["{% assign a = 'x' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}{{ a }}"],
  ])('that reaches for more than it may is refused, or shows nothing of it, in time: %s', async (content) => {
    const began = Date.now();
    const { status, body: answer } = await aurora.account.call('POST', '/v1/templates', {
      body: { brand_id: aurora.brandId, name: randomUUID(), subject: 'x', body: body(content) },
    });
    if (status === 201) {
      const preview = await aurora.account.call('POST', `/v1/templates/${answer.id}/preview`, { body: {} });
      expect([200, 422]).toContain(preview.status);
      expect(JSON.stringify(preview.body)).not.toMatch(/native code|root:x|"dependencies"|\[object/);
    } else {
      expect([status, answer.code]).toEqual([422, 'template_invalid']);
    }
    expect(Date.now() - began).toBeLessThan(10_000);
    expect((await fetch(`${urls.api}/readyz`)).status).toBe(200);
  });
});

test('no log of any part holds an address, a name, a link or a query string of what was sent', async () => {
  const email = `leak-${randomUUID()}@people.example`;
  const { confirm } = await form.signUp(email, { first_name: 'Leakname' }, '?lang=en&leakquery=1');
  await fetch(`${confirm}?leakquery=2`);
  await fetch(confirm, { method: 'POST' });
  await fetch(`${urls.api}/nowhere/leakpath?email=${encodeURIComponent(email)}`);
  await form.account.call('GET', `/v1/lists?leakquery=${email}`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  const folder = join(env.DATA_DIR!, 'logs');
  const files = readdirSync(folder).filter((file) => file.endsWith('.log'));
  expect(files).toEqual(expect.arrayContaining(['api.log', 'worker.log', 'postgres.log', 'temporal.log']));
  const secrets = [
    email,
    email.split('@')[0]!,
    'Leakname',
    'leakquery',
    'leakpath',
    new URL(confirm).pathname.slice(3),
    form.account.key,
  ];
  for (const file of files) {
    const text = readFileSync(join(folder, file), 'utf8');
    const found = secrets.filter((secret) => text.includes(secret));
    // The inbox is the recipient's side, and says who it got mail for.
    if (file !== 'inbox.log') expect([file, found]).toEqual([file, []]);
  }
});
