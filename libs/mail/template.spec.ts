import { DomainError } from '../domain/errors.js';
import { type BrandLayout, compileTemplate } from './template.js';

const layout: BrandLayout = {
  name: 'Åkes {{ contact.email }} & Co',
  color: '#0a6',
  controller: 'Åkes Handel AB',
  postalAddress: 'Storgatan 1\n111 22 Malmö',
  privacyNoticeUrl: 'https://akes.example/privacy',
  language: 'sv',
};
const values = {
  contact: { first_name: 'Åsa', last_name: 'Öberg', email: 'asa@x.example', language: 'sv' },
  list: { name: 'Nyheter' },
  campaign: { name: 'November' },
  unsubscribe_url: 'https://mail.example/u?c=1&l=2',
};
const section = (content: string) => `<mj-section><mj-column>${content}</mj-column></mj-section>`;
const text = (content: string) => section(`<mj-text>${content}</mj-text>`);
const compile = (body: string, subject = 'Hej') => compileTemplate({ subject, body }, layout);

async function problemsOf(body: string, subject = 'Hej'): Promise<string[]> {
  const error = await compile(body, subject).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DomainError)) throw error ?? new Error('the template was accepted');
  expect(error.code).toBe('template_invalid');
  return error.problems.map(({ pointer, detail }) => `${pointer} ${detail}`);
}

describe('a rendered mail', () => {
  test('greets in Swedish, in HTML, in text and in the subject', async () => {
    const body = text('<p>Räksmörgås &amp; öl, {{ contact.first_name }}!</p>');
    const mail = (await compile(body, 'Hej {{ contact.first_name | default: "där" }}!')).render(values);
    expect(mail.subject).toBe('Hej Åsa!');
    expect(mail.html).toContain('<p>Räksmörgås &amp; öl, Åsa!</p>');
    expect(mail.html).toContain('lang="sv"');
    expect(mail.text).toContain('Räksmörgås & öl, Åsa!');
    expect(mail.missing).toEqual([]);
    expect(mail.sizeBytes).toBe(Buffer.byteLength(mail.html) + Buffer.byteLength(mail.text));
  });

  test.each([
    ['sections', text('Hej')],
    ['a whole document', `<mjml><mj-head><mj-title>T</mj-title></mj-head><mj-body>${text('Hej')}</mj-body></mjml>`],
    ['a document with a fake end', `<mjml><mj-body>${text('Hej')}<!-- </mj-body></mjml> --></mj-body></mjml>`],
  ])('ends with who sends it and how to unsubscribe: %s', async (_, body) => {
    const mail = (await compile(body)).render(values);
    expect(mail.text).toMatch(
      /Hej\s+Åkes \{\{ contact\.email \}\} & Co\nÅkes Handel AB\nStorgatan 1, 111 22 Malmö\n\nIntegritetspolicy https:\/\/akes\.example\/privacy · Avsluta prenumerationen https:\/\/mail\.example\/u\?c=1&l=2$/,
    );
    expect(mail.html).toContain('Åkes {{ contact.email }} &amp; Co<br>Åkes Handel AB');
    expect(mail.html).toMatch(/href="https:\/\/mail\.example\/u\?c=1&amp;l=2"[^>]*>Avsluta prenumerationen<\/a>/);
    expect(mail.links).toEqual(['https://akes.example/privacy', 'https://mail.example/u?c=1&l=2']);
  });

  test('loads no fonts from anyone', async () => {
    const mail = (
      await compile(section('<mj-text font-family="Roboto">Hej</mj-text><mj-button>Köp</mj-button>'))
    ).render(values);
    expect(mail.html).not.toMatch(/googleapis|@import|<link/);
  });

  test('shows the brand colour on buttons, with readable text on it', async () => {
    const mail = (await compile(section('<mj-button href="https://x.example/">Köp</mj-button>'))).render(values);
    expect(mail.html).toContain('bgcolor="#00aa66"');
    expect(mail.html).toMatch(/background:#00aa66;color:#000000/);
  });

  test('keeps links, conditions between sections and tables of data in the text part', async () => {
    const body =
      text('<a href="https://x.example/?a=1&amp;n={{ contact.email | url_encode }}">Läs</a>') +
      `<mj-raw>{% if contact.language == "sv" %}</mj-raw>${text('Bara på svenska')}<mj-raw>{% endif %}</mj-raw>` +
      section('<mj-table><tr><th>Vara</th><th>Pris</th></tr><tr><td>Öl</td><td>20</td></tr></mj-table>');
    const template = await compile(body);
    const swedish = template.render(values);
    expect(swedish.text).toContain('Läs https://x.example/?a=1&n=asa%40x.example');
    expect(swedish.text).toContain('Bara på svenska');
    expect(swedish.text).toContain('Vara Pris\nÖl 20');
    const english = template.render({ ...values, contact: { ...values.contact, language: 'en' } });
    expect(english.text).not.toContain('svenska');
    expect(english.html).not.toContain('svenska');
  });

  test('lists what is missing: empty without default or if, and unknown', async () => {
    const body = text(
      '{{ contact.first_name | default: "du" }}{% if contact.last_name %}{{ contact.last_name }}{% endif %}' +
        '{{ list.name }} {{ campaign.name }} {{ contact.frist_name | default: "x" }}{{ brand.name }}',
    );
    const template = await compile(body);
    expect([...template.variables].sort()).toEqual([
      'brand.name',
      'campaign.name',
      'contact.first_name',
      'contact.frist_name',
      'contact.last_name',
      'list.name',
      'unsubscribe_url',
    ]);
    const mail = template.render({
      contact: { first_name: '', last_name: '' },
      list: { name: '' },
      campaign: { name: 'N' },
    });
    expect(mail.missing).toEqual(['contact.frist_name', 'list.name', 'unsubscribe_url']);
  });
});

describe('injection', () => {
  const evil = { ...values, contact: { ...values.contact, first_name: '"><script>x</script>{{ contact.email }}' } };

  test('a name full of markup stays text in HTML, and is not escaped in the text part', async () => {
    const body = text('<a href="https://x.example/{{ contact.first_name }}">{{ contact.first_name }}</a>');
    const mail = (await compile(body)).render(evil);
    expect(mail.html).not.toContain('<script>');
    expect(mail.html).not.toContain('asa@x.example');
    expect(mail.text).toContain('"><script>x</script>{{ contact.email }}');
  });

  test('a name with line breaks adds no header to the subject', async () => {
    const name = 'Åsa\r\nBcc: everyone@x.example\r\n\r\nbody';
    const mail = (await compile(text('Hej'), 'Hej {{ contact.first_name }}')).render({
      ...values,
      contact: { first_name: name },
    });
    expect(mail.subject).toBe('Hej Åsa Bcc: everyone@x.example body');
  });

  test('braces written as entities are printed, not executed', async () => {
    const mail = (await compile(text('&#123;&#123; contact.email }} &#123;% if %}'))).render(values);
    expect(mail.text).toContain('{{ contact.email }} {% if %}');
    expect(mail.text.split('asa@x.example')).toHaveLength(1);
  });

  test('a raw block is text in both parts', async () => {
    const mail = (await compile(text('{% raw %}{{ contact.email }}{% endraw %}'))).render(values);
    expect(mail.text).toContain('{{ contact.email }}');
    expect(mail.html).toContain('{{ contact.email }}');
  });

  test.each([
    ['double quotes', (href: string) => `<a href="${href}">x</a>`],
    ['single quotes', (href: string) => `<a href='${href}'>x</a>`],
    ['quotes after a title with an angle bracket', (href: string) => `<a title="a > b" href="${href}">x</a>`],
  ])(
    'a value that reaches the start of a link in %s through a condition cannot make it run something',
    async (_, link) => {
      const href = '{% if contact.last_name %}https://a.example{% else %}{{ contact.first_name }}{% endif %}';
      const template = await compile(text(link(href)));
      expect(template.render(values).links).toContain('https://a.example');
      const scripted = { ...values, contact: { first_name: 'javascript:alert(1)' } };
      expect(() => template.render(scripted)).toThrow(DomainError);
    },
  );

  test.each([
    ['a value without quotes', text('<a title={{ contact.first_name }}>x</a>'), 'needs quotes'],
    ['a value as an attribute', text('<a {{ contact.first_name }}>x</a>'), 'cannot build attributes'],
    ['a value as an element', text('<{{ contact.first_name }}>x'), 'cannot build the name'],
    ['a value in a style attribute', text('<p style="color:{{ contact.first_name }}">x</p>'), 'in a style'],
    [
      'a value in a style sheet',
      `<mjml><mj-head><mj-style>a { color: {{ contact.first_name }} }</mj-style></mj-head><mj-body>${text('x')}</mj-body></mjml>`,
      'in a style',
    ],
    ['a value as a link', text('<a href="{{ contact.first_name }}">x</a>'), 'must start with a fixed address'],
    ['a script', section('<mj-raw><script>x</script></mj-raw>'), '<script> is not offered'],
    ['a form', section('<mj-raw><form></form></mj-raw>'), '<form> is not offered'],
    ['an event handler', text('<a onclick="x">x</a>'), 'onclick is not offered'],
    ['a javascript link', text('<a href="java&#115;cript:x">x</a>'), 'must be a full address'],
    ['a relative link', section('<mj-button href="/kop">x</mj-button>'), 'must be a full address'],
  ])('%s is refused', async (_, body, detail) => {
    expect((await problemsOf(body)).join()).toContain(detail);
  });
});

describe('problems of a template', () => {
  test('files cannot be read by mj-include, in any spelling', async () => {
    for (const tag of ['mj-include', 'MJ-INCLUDE']) {
      const problems = await problemsOf(`${text('a')}\n<${tag} path="../../package.json" />`);
      expect(problems).toContain('/body line 2: mj-include is not offered: a template reads no files');
    }
  });

  test('names every problem in subject and body, with lines', async () => {
    const problems = await problemsOf(
      `<mj-section>\n<mj-column>\n<mj-nope/>\n<mj-text colour="red">a</mj-text></mj-column></mj-section>`,
      'Hej {{ x | raw }}',
    );
    expect(problems).toEqual([
      '/subject line 1: the filter "raw" is not offered: values are always escaped in HTML',
      expect.stringMatching(/^\/body line 3: .*mj-nope/),
      expect.stringMatching(/^\/body line 4: .*colour/),
    ]);
  });

  test.each([
    ['text between elements', `${text('a')}\nhej`, 'line 2: text cannot stand directly in mj-body'],
    [
      'a condition between elements',
      `{% if x %}${text('a')}{% endif %}`,
      'put a condition between elements into <mj-raw>',
    ],
    ['an element that is not closed', section('<mj-text>a'), '<mj-text> is not closed'],
    ['a comment that is not closed', `${text('a')}<!-- b`, 'this comment is not closed'],
    ['an empty body', '  ', 'is empty'],
    ['something else than MJML', '<p>hej</p>', "Element p doesn't exist"],
  ])('%s is not lost without a word', async (_, body, detail) => {
    expect((await problemsOf(body)).join()).toContain(detail);
  });

  test('a subject of two lines and a colour that is none are refused', async () => {
    expect(await problemsOf(text('a'), 'a\nBcc: b')).toEqual(['/subject must be one line without control characters']);
    await expect(
      compileTemplate(
        { subject: 'a', body: text('a') },
        { ...layout, color: 'red;x:y', privacyNoticeUrl: 'javascript:x' },
      ),
    ).rejects.toMatchObject({ problems: [{ pointer: '/brand/color' }, { pointer: '/brand/privacyNoticeUrl' }] });
  });
});

test('two hundred contacts get their own mail from one compiled template', async () => {
  const template = await compile(text('Hej {{ contact.first_name }}').repeat(5), '{{ contact.first_name }}');
  const started = performance.now();
  const mails = Array.from({ length: 200 }, (_, n) =>
    template.render({ ...values, contact: { first_name: `Åsa ${n}` } }),
  );
  const elapsed = performance.now() - started;
  expect(new Set(mails.map((mail) => mail.html)).size).toBe(200);
  expect(mails[7]!.subject).toBe('Åsa 7');
  console.info(`200 mails of ${mails[0]!.sizeBytes} bytes rendered in ${elapsed.toFixed(1)} ms`);
});
