import { html, webAddress } from './html.js';

const hostile = `"><img src=x onerror='alert(1)'>&amp;`;
const harmless = '&quot;&gt;&lt;img src=x onerror=&#39;alert(1)&#39;&gt;&amp;amp;';

test('text that looks like markup is shown as text', () => {
  expect(`${html`<p>${hostile}</p>`}`).toBe(`<p>${harmless}</p>`);
});

test('a value cannot leave its attribute', () => {
  expect(`${html`<input value="${hostile}">`}`).toBe(`<input value="${harmless}">`);
});

test('fragments nest without being escaped twice', () => {
  const item = html`<b>${'a & b'}</b>`;
  expect(`${html`<ul>${[item, 'c & d'].map((each) => html`<li>${each}</li>`)}</ul>`}`).toBe(
    '<ul><li><b>a &amp; b</b></li><li>c &amp; d</li></ul>',
  );
});

test('nothing is written for what is missing, and zero is written', () => {
  expect(`${html`[${null}${undefined}${false}${''}${0}]`}`).toBe('[0]');
});

test('data that imitates a fragment is not taken for one', () => {
  const parsed = JSON.parse('{"markup":"<script>"}') as never;
  expect(`${html`${parsed}`}`).not.toContain('<script>');
});

test('backslashes of a sentence stay as they are', () => {
  expect(`${html`<p>${'C:\\new'}</p>`}`).toBe('<p>C:\\new</p>');
});

test.each(['https://example.com/privacy', 'http://localhost:3000/p?q=1'])('%s is linked', (address) => {
  expect(webAddress(address)).toBe(address);
});

test.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', ' data:text/html,x', '/privacy', 'example.com', ''])(
  '“%s” is not linked',
  (address) => {
    expect(webAddress(address)).toBeUndefined();
  },
);
