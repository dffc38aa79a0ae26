/** The company of the demo and of `npm start`: what it is called, says and sends. All of it is made up. */

export const brands = {
  a: {
    name: 'Fjällvind Outdoor',
    color: '#1f6f54',
    sender_name: 'Fjällvind Outdoor',
    sender_email: 'hello@outdoor.fjallvind.example',
    controller: 'Fjällvind AB, org. no. 556000-0000',
    postal_address: 'Storgatan 1, 831 30 Östersund, Sweden',
    privacy_notice_url: 'https://fjallvind.example/privacy',
    language: 'en',
  },
  b: {
    name: 'Fjällvind Coffee',
    color: '#7a3e1d',
    sender_name: 'Fjällvind Coffee',
    sender_email: 'hello@coffee.fjallvind.example',
    controller: 'Fjällvind AB, org. no. 556000-0000',
    postal_address: 'Storgatan 1, 831 30 Östersund, Sweden',
    privacy_notice_url: 'https://fjallvind.example/privacy',
    language: 'sv',
  },
} as const;

export const lists = {
  a: { name: 'Trail letter', purpose: 'A letter about trails, gear and offers of Fjällvind Outdoor, twice a month.' },
  b: { name: 'Kaffebrevet', purpose: 'Ett brev om kaffe och erbjudanden från Fjällvind Coffee, en gång i månaden.' },
} as const;

export const formTexts = {
  en: {
    title: 'The trail letter',
    intro: 'Trails, gear and offers, twice a month.',
    purpose: 'We use your address to send you the trail letter.',
    consent_text: 'Yes, send me the trail letter by email. I can stop it at any time.',
    tracking_text:
      'You may also measure whether I open the letters and what I click, to send me fewer and better ones.',
    submit_label: 'Sign up',
  },
  sv: {
    title: 'Stigbrevet',
    intro: 'Stigar, utrustning och erbjudanden, två gånger i månaden.',
    purpose: 'Vi använder din adress för att skicka stigbrevet till dig.',
    consent_text: 'Ja, skicka stigbrevet till mig med e-post. Jag kan sluta när jag vill.',
    tracking_text: 'Ni får även mäta om jag öppnar breven och vad jag klickar på, för att skicka färre och bättre.',
    submit_label: 'Anmäl mig',
  },
} as const;

/** Liquid in MJML; the layout adds the footer with brand, controller, postal address and unsubscribe link. */
export function letter(name: string, subject: string) {
  return {
    name,
    subject: `${subject}, {{ contact.first_name | default: 'friend of the trail' }}`,
    body: `<mj-section><mj-column>
  <mj-text font-size="22px">Hej {{ contact.first_name | default: 'there' }}!</mj-text>
  <mj-text>{{ brand.name }} writes to {{ contact.email }} because you are on the list “{{ list.name }}”.</mj-text>
  <mj-button href="https://fjallvind.example/autumn?from=letter">See the autumn trails</mj-button>
</mj-column></mj-section>`,
  };
}

const firstNames = ['Åsa', 'Björn', 'Cecilia', 'Daniel', 'Élodie', 'Farid', 'Greta', 'Håkan', 'Ines', "D'Arcy"];
const lastNames = ['Öberg', 'Nilsson', 'van der Berg', 'Lindström, Jr.', 'Müller', 'Ångström', 'O"Neil', 'Sjögren'];

/**
 * A CSV file as a shop exports it: separated by semicolons, with a byte order mark, CRLF, quoted fields, mixed case, one
 * address twice, two that are none.
 * @returns the text, and how many rows are good and how many are not
 */
export function contactsCsv(run: string, count: number, also: string[]) {
  const quote = (field: string) => (/[";,\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
  const rows = Array.from({ length: count }, (_, index) => {
    const first = firstNames[index % firstNames.length]!;
    const last = lastNames[index % lastNames.length]!;
    const address = `${index % 7 === 0 ? 'Kund' : 'kund'}.${index}@${run}.example`;
    return [
      address,
      first,
      last,
      index % 3 === 0 ? 'sv' : 'en',
      'Europe/Stockholm',
      '2025-03-01T09:30:00Z',
      `192.0.2.${(index % 250) + 1}`,
    ];
  });
  const extra = also.map((address) => [address, '', '', 'en', '', '2025-03-01T09:30:00Z', '192.0.2.9']);
  const bad = [
    [`kund.0@${run}.example`, 'Twice', '', '', '', '', ''],
    ['not-an-address', 'Nobody', '', '', '', '', ''],
    [`two@at@${run}.example`, 'Nobody', '', '', '', '', ''],
  ];
  const header = ['email', 'first_name', 'last_name', 'language', 'time_zone', 'consent_at', 'consent_ip'];
  const csv = [header, ...rows, ...extra, ...bad].map((row) => row.map(quote).join(';')).join('\r\n');
  return { csv: `\uFEFF${csv}\r\n`, good: rows.length + extra.length, bad: bad.length };
}
