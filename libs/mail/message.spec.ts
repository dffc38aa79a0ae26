import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { DomainError } from '../domain/errors.js';
import { createFileSender } from './file-sender.js';
import { composeMessage, type MessageInput, messageIdOf } from './message.js';

const deliveryId = '0199f3a0-1111-7222-8333-444455556666';
const input: MessageInput = {
  from: { name: 'Åkes, "Handel" & Co', address: 'news@akes.example' },
  to: 'asa.oberg+x@example.org',
  subject: 'Räksmörgås till dig',
  html: '<p>Hej Åsa</p>',
  text: 'Hej Åsa',
  messageId: messageIdOf(deliveryId, 'news@akes.example'),
  date: new Date('2026-11-24T10:00:00Z'),
};
const unsubscribe = `https://mail.example/unsubscribe?token=${'a1B2'.repeat(60)}`;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'assent-mail-'));
});
afterEach(() => rm(dir, { recursive: true }));

async function written(changes: Partial<MessageInput>) {
  const sender = createFileSender(join(dir, 'inbox'));
  expect(await sender.send(composeMessage({ ...input, ...changes }))).toEqual({ kind: 'sent', code: 250 });
  await sender.close();
  const source = await readFile(join(dir, 'inbox', `${deliveryId}.eml`), 'utf8');
  return { source, mail: await simpleParser(source) };
}

test('a message arrives with its names, subject, both parts and its own Message-ID and date', async () => {
  const { source, mail } = await written({});
  expect(mail.from?.value).toEqual([{ name: 'Åkes, "Handel" & Co', address: 'news@akes.example' }]);
  expect(mail.to).toMatchObject({ value: [{ name: '', address: 'asa.oberg+x@example.org' }] });
  expect(mail.subject).toBe('Räksmörgås till dig');
  expect(mail.text?.trim()).toBe('Hej Åsa');
  expect(mail.html).toBe('<p>Hej Åsa</p>');
  expect(mail.messageId).toBe(`<${deliveryId}@akes.example>`);
  expect(mail.date).toEqual(input.date);
  expect(source).toContain('multipart/alternative');
  expect(source).toMatch(/text\/plain; charset=utf-8/);
  expect(source).not.toMatch(/^(List-Unsubscribe|Auto-Submitted|X-Assent-Test)/m);
});

test('campaign mail carries one-click unsubscription with its whole address', async () => {
  const { source, mail } = await written({ listUnsubscribeUrl: unsubscribe });
  const unfolded = source.replace(/\r\n[ \t]/g, ' ');
  expect(unfolded).toContain(`List-Unsubscribe: <${unsubscribe}>\r\n`);
  expect(mail.headers.get('list')).toMatchObject({ unsubscribe: { url: unsubscribe } });
  expect(source).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n');
});

test('service mail is marked as automatic, a test send for the eye and for filters', async () => {
  expect((await written({ service: true })).source).toContain('Auto-Submitted: auto-generated\r\n');
  const { source, mail } = await written({ test: true });
  expect(mail.subject).toBe('[Test] Räksmörgås till dig');
  expect(source).toContain('X-Assent-Test: yes\r\n');
});

test('the inbox folder can be read by its owner only, and holds no half-written file', async () => {
  await written({});
  expect((await stat(join(dir, 'inbox', `${deliveryId}.eml`))).mode & 0o077).toBe(0);
  expect(await readdir(join(dir, 'inbox'))).toEqual([`${deliveryId}.eml`]);
});

test.each([
  'b@x.example\r\nBcc: e@x.example',
  'b@x.example, e@x.example',
  'b@x.example;e@x.example',
  'Name <b@x.example>',
  '<b@x.example>',
  '"b, c"@x.example',
  'group: b@x.example;',
  'b@x.example (comment)',
  'b@c@x.example',
  ' b@x.example',
  'b@x.example ',
  'b.@x.example',
  '.b@x.example',
  'b@-x.example',
  'b@[127.0.0.1]',
  'b',
  '',
  `${'a'.repeat(65)}@x.example`,
])('%j is not one plain address, as recipient or as sender', (address) => {
  expect(() => composeMessage({ ...input, to: address })).toThrow(DomainError);
  expect(() => composeMessage({ ...input, from: { name: 'a', address } })).toThrow(DomainError);
  expect(() => messageIdOf(deliveryId, address)).toThrow(DomainError);
});

test('names, subjects, ids and links that break out of their header are refused, and not repeated', () => {
  const broken = 'x\r\nBcc: secret@x.example';
  const attempts: Partial<MessageInput>[] = [
    { from: { name: broken, address: 'news@akes.example' } },
    { subject: broken },
    { messageId: `<a@b.example>\r\nBcc: secret@x.example` },
    { listUnsubscribeUrl: 'https://x.example/>,<mailto:secret@x.example' },
    { listUnsubscribeUrl: `https://x.example/${broken}` },
    { listUnsubscribeUrl: unsubscribe, service: true },
  ];
  for (const attempt of attempts) {
    let thrown: unknown;
    try {
      composeMessage({ ...input, ...attempt });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'validation_failed' });
    expect(JSON.stringify([(thrown as DomainError).message, (thrown as DomainError).problems])).not.toContain('secret');
  }
});

test('the envelope names one sender and one recipient', () => {
  expect(composeMessage(input).envelope).toEqual({ from: 'news@akes.example', to: ['asa.oberg+x@example.org'] });
});
