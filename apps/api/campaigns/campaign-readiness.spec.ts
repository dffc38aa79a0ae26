import { layoutOf } from '../../../libs/mail/marketing-values.js';
import { compileTemplate } from '../../../libs/mail/template.js';
import { obstaclesToSending, type ReadinessFacts } from './campaign-readiness.js';

const brand = {
  name: 'Aurora',
  color: '#0b6e4f',
  controller: 'Aurora Trading AB',
  postalAddress: 'Main Street 1',
  privacyNoticeUrl: null,
};
const now = new Date('2026-11-24T12:00:00Z');
const compiled = (text: string) =>
  compileTemplate(
    { subject: 'Hello', body: `<mj-section><mj-column><mj-text>${text}</mj-text></mj-column></mj-section>` },
    layoutOf(brand, 'en'),
  );

async function obstacles(facts: Partial<ReadinessFacts>): Promise<string[]> {
  const template = await compiled('Dear {{ contact.first_name }} of {{ list.name }}');
  const ready = { brand, template, hasAudience: true, scheduledAt: null, now };
  return obstaclesToSending({ ...ready, ...facts }).map(({ pointer, detail }) => `${pointer} ${detail}`);
}

test('nothing stands against a campaign that has all it needs, now or at a time to come', async () => {
  expect(await obstacles({})).toEqual([]);
  expect(await obstacles({ scheduledAt: new Date('2026-11-24T12:00:01Z') })).toEqual([]);
});

test.each<[string, Partial<ReadinessFacts>, string]>([
  ['nobody who answers for the data', { brand: { ...brand, controller: null } }, '/brand/controller'],
  ['no postal address', { brand: { ...brand, postalAddress: '' } }, '/brand/postal_address'],
  ['an empty list', { hasAudience: false }, '/list_id'],
  ['a time that is over', { scheduledAt: now }, '/scheduled_at lies in the past'],
  ['a time in another century', { scheduledAt: new Date('2126-11-24') }, '/scheduled_at lies more than a year'],
])('%s stands against it', async (_, facts, problem) => {
  const found = await obstacles(facts);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(problem);
});

test('each variable that is not known is named', async () => {
  const template = await compiled('{{ contact.shoe }} {{ shop }} {{ contact.email }}');
  expect(await obstacles({ template })).toEqual([
    '/template the variable "contact.shoe" is not known',
    '/template the variable "shop" is not known',
  ]);
});
