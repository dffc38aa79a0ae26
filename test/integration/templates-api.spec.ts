import { randomUUID } from 'node:crypto';
import { body, freshEmail, greeting, MarketingAccount, pointersOf } from '../support/marketing-account.js';
import { StackAccess, type TestAccount } from '../support/test-account.js';

const stack = new StackAccess();
let aurora: MarketingAccount;
let acme: TestAccount;

beforeAll(async () => {
  aurora = await MarketingAccount.open(stack);
  acme = aurora.account;
});

afterAll(() => stack.close());

describe('templates', () => {
  test('one with mistakes is refused with all of them, and nothing is stored', async () => {
    const before = (await acme.call('GET', '/v1/templates')).body.data.length;
    const content = { subject: '{{ contact.email | raw }}', body: body("{% include 'x' %}<script>x</script>") };
    const answer = await acme.call('POST', '/v1/templates', {
      body: { brand_id: aurora.brandId, name: 'Broken', ...content },
    });
    expect(answer).toMatchObject({ status: 422, body: { code: 'template_invalid' } });
    expect(new Set(pointersOf(answer))).toEqual(new Set(['/subject', '/body']));
    expect((await acme.call('GET', '/v1/templates')).body.data).toHaveLength(before);
  });

  test('each change is a version of its own: older ones can be read, and an ETag that is old is refused', async () => {
    const id = await aurora.newTemplate();
    const change = (etag: string, content: object) =>
      acme.call('PUT', `/v1/templates/${id}`, { body: content, headers: { 'if-match': etag } });
    const second = await change('"1"', { name: 'Renamed', subject: 'Two', body: body('two') });
    expect(second).toMatchObject({
      status: 200,
      body: { version: 2, current_version: 2, name: 'Renamed', subject: 'Two' },
    });
    expect(second.headers.get('etag')).toBe('"2"');
    expect((await change('"1"', { subject: 'Three', body: body('three') })).body.code).toBe('version_mismatch');
    expect((await change('"2"', { subject: '', body: body('three') })).status).toBe(422);
    expect((await acme.call('GET', `/v1/templates/${id}`)).body).toMatchObject({ version: 2, subject: 'Two' });
    expect((await acme.call('GET', `/v1/templates/${id}?version=1`)).body).toMatchObject({ version: 1, ...greeting });
    expect((await acme.call('GET', `/v1/templates/${id}?version=3`)).status).toBe(404);
  });

  test('of two changes at the same time one is refused', async () => {
    const id = await aurora.newTemplate();
    const answers = await Promise.all(
      ['a', 'b'].map((subject) =>
        acme.call('PUT', `/v1/templates/${id}`, { body: { subject, body: body('x') }, headers: { 'if-match': '"1"' } }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test('a preview with sample data shows what the mail would be, and what is missing in it', async () => {
    const id = await aurora.newTemplate({
      ...greeting,
      body: greeting.body.replace('Dear', '{{ contact.shoe }} Dear'),
    });
    const { status, body: preview } = await acme.call('POST', `/v1/templates/${id}/preview`, {
      body: { sample: { first_name: 'Åsa <b>', email: 'asa@people.example' }, list_id: await aurora.newList() },
    });
    expect(status).toBe(200);
    expect(preview.subject).toBe('Hello Åsa <b>');
    expect(preview.html).toContain('Main Street 1');
    expect(preview.text).toContain('Aurora Trading AB');
    expect(preview.missing.sort()).toEqual(['campaign.name', 'contact.last_name', 'contact.shoe']);
    expect(preview.size_bytes).toBe(Buffer.byteLength(preview.html) + Buffer.byteLength(preview.text));
    expect(preview.links).toContain('https://aurora.example/a');
  });

  test('the unsubscribe link of a preview does nothing', async () => {
    const { body: preview } = await acme.call('POST', `/v1/templates/${await aurora.newTemplate()}/preview`, {
      body: {},
    });
    const link = preview.links.find((url: string) => url.includes('/u/'));
    expect((await fetch(link, { method: 'POST' })).status).toBe(404);
  });

  test('a preview for a contact whose erasure was asked for, or for no contact, is refused', async () => {
    const id = await aurora.newTemplate();
    const [contactId] = await acme.contactsOn(await aurora.newList(), [{ email: freshEmail(), firstName: 'Bo' }]);
    const preview = (contact: string) =>
      acme.call('POST', `/v1/templates/${id}/preview`, { body: { contact_id: contact } });
    expect(await preview(contactId!)).toMatchObject({ status: 200, body: { subject: 'Hello Bo' } });
    await stack.db.forAccount(acme.id, (tx) =>
      tx.contact.update({ where: { id: contactId! }, data: { erasingAt: new Date() } }),
    );
    expect((await preview(contactId!)).status).toBe(404);
    expect((await preview(randomUUID())).status).toBe(404);
  });
});
