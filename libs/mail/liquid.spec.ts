import { htmlLiquid, inspectLiquid, renderLiquid, subjectLine, textLiquid } from './liquid.js';

const problemsOf = (source: string) => inspectLiquid(source, '/body').problems.map((problem) => problem.detail);
const html = (source: string, scope: object) => renderLiquid(htmlLiquid, htmlLiquid.parse(source), scope);

describe('what a template may use', () => {
  test.each([
    ['include', "{% include 'package.json' %}"],
    ['render', "{% render '../../etc/passwd' %}"],
    ['layout', "{% layout 'package.json' %}"],
    ['capture', '{% capture x %}a{% endcapture %}'],
    ['echo', '{% echo contact.first_name %}'],
    ['liquid', '{% liquid echo contact.first_name %}'],
    ['cycle', '{% cycle contact.first_name %}'],
    ['for', '{% for i in (1..1000000000) %}x{% endfor %}'],
  ])('%s is refused by name', (tag, source) => {
    expect(problemsOf(source).join()).toContain(`the Liquid tag "${tag}" is not offered`);
    expect(() => htmlLiquid.parse(source)).toThrow(`tag "${tag}" not found`);
  });

  test.each([
    ['{{ contact.first_name | raw }}'],
    ['{{ contact.first_name | raw | upcase }}'],
    ['{% assign x = contact.first_name | raw %}'],
    ['{% if contact.first_name | raw %}a{% endif %}'],
  ])('the filter raw is refused in %s', (source) => {
    expect(problemsOf(source)).toEqual(['line 1: the filter "raw" is not offered: values are always escaped in HTML']);
    expect(() => htmlLiquid.parse(source)).toThrow('undefined filter: raw');
  });

  test('filters that show whole objects or undo encodings are refused', () => {
    for (const filter of ['json', 'inspect', 'url_decode', 'base64_decode', 'where_exp', 'nonsense']) {
      expect(problemsOf(`{{ contact | ${filter} }}`)).toEqual([`line 1: the filter "${filter}" is not offered`]);
    }
  });

  test('every problem is named, with its line', () => {
    const problems = problemsOf('a\n{{ x | raw }}\n{% include "y" %}\n{{ z | nope }}');
    expect(problems.map((detail) => detail.slice(0, 6))).toEqual(['line 2', 'line 3', 'line 4']);
  });

  test('a condition that is not closed is a problem with a line', () => {
    expect(problemsOf('a\n{% if x %}b')).toEqual([expect.stringMatching(/^line 2: .*not closed/)]);
  });

  test('the unsubscribe link and the layout cannot be assigned to', () => {
    for (const name of ['unsubscribe_url', 'layout', 'contact', 'brand']) {
      expect(problemsOf(`{% assign ${name} = 'x' %}`)).toEqual([`line 1: "${name}" may not be assigned to`]);
    }
  });
});

describe('values in HTML', () => {
  const scope = { contact: { first_name: `<img src=x onerror="a('b')">` } };
  const escaped = '&lt;img src=x onerror=&#34;a(&#39;b&#39;)&#34;&gt;';

  test('are escaped, whatever filter comes last', () => {
    expect(html('{{ contact.first_name }}', scope)).toBe(escaped);
    expect(html('{{ contact.first_name | escape }}', scope)).toBe(escaped);
    expect(html('{{ contact.missing | default: contact.first_name }}', scope)).toBe(escaped);
    expect(html('{% assign x = contact.first_name | append: "" %}{{ x }}', scope)).toBe(escaped);
    expect(html('{{ "" | append: "<b>" }}', scope)).toBe('&lt;b&gt;');
  });

  test('a raw block prints its text and evaluates nothing', () => {
    expect(html('{% raw %}{{ contact.first_name }}{% endraw %}', scope)).toBe('{{ contact.first_name }}');
  });

  test('a value that looks like Liquid is printed, not executed', () => {
    expect(html('{{ contact.first_name }}', { contact: { first_name: '{{ contact.email }}{% raw %}' } })).toBe(
      '{{ contact.email }}{% raw %}',
    );
  });

  test('prototypes cannot be reached', () => {
    expect(html('{{ contact.constructor.name }}{{ contact.__proto__.toString }}', { contact: {} })).toBe('');
  });

  test('a template that grows without end is stopped', () => {
    const doubling = `{% assign x = "${'a'.repeat(1000)}" %}${'{% assign x = x | append: x %}'.repeat(40)}{{ x }}`;
    expect(() => renderLiquid(textLiquid, textLiquid.parse(doubling), {})).toThrow('too much time or memory');
  });
});

test('a subject stays one line whatever it holds', () => {
  expect(subjectLine('Hej\r\nBcc: e@x.example\u0000\u2028 Åsa\t!')).toBe('Hej Bcc: e@x.example Åsa !');
});
