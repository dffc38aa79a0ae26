import { setTimeout as pause } from 'node:timers/promises';
import { letter } from '../../../apps/stack/demo/company.js';
import { eventually } from '../../../apps/stack/demo/deviation.js';
import type { Person } from '../../../apps/stack/demo/person.js';
import { executionOf } from '../../../workflows/promises.contract.js';
import { Stand } from '../../bench/chaos/stand.js';
import { Histories } from '../../support/histories.js';

const withButton = ({ html }: { html: string }) => html.includes('/c/');
/** Within this time after Temporal is back everything has gone on, in milliseconds. */
const soonMs = 30_000;

describe('while Temporal is away', () => {
  let stand: Stand;
  beforeAll(async () => {
    stand = await Stand.open(() => undefined);
  }, 120_000);
  afterAll(() => stand?.close());

  async function signUp(person: Person): Promise<number> {
    const form = await person.open(stand.account.formUrl);
    return (await person.submit(form, { email: person.email, consent: 'yes' })).status;
  }

  async function confirm(person: Person): Promise<number> {
    const mail = await person.mail('confirmation', withButton);
    return (await person.submit(await person.open(person.linkIn(mail, '/c/')))).status;
  }

  const permissionOf = async (person: Person) => (await stand.contactOf(person.email))?.channels[0]?.permission;

  async function readiness() {
    const response = await fetch(`${stand.stack.urls.api}/readyz`);
    return { status: response.status, temporal: ((await response.json()) as { temporal: string }).temporal };
  }

  async function awaitErased(id: string): Promise<void> {
    await eventually('the erasure to end', soonMs, async () => {
      return (await stand.account.api.ok('GET', `/v1/erasures/${id}`)).status === 'done';
    });
  }

  test('every answer is as usual, nothing is lost, and all goes on when it returns', async () => {
    const { api, brandA } = stand.account;
    const { services } = stand.stack;
    const [waiting, late, leaver, erased] = [1, 2, 3, 4].map(() => stand.newPerson()) as [
      Person,
      Person,
      Person,
      Person,
    ];
    const listId = await stand.importContacts([leaver.email, erased.email]);
    const template = await api.ok('POST', '/v1/templates', { brand_id: brandA, ...letter('Letter', 'November') });
    const fields = { name: 'November', list_id: listId, template_id: template.id };
    await api.ok('POST', `/v1/campaigns/${(await api.ok('POST', '/v1/campaigns', fields)).id}/send`);
    const oneClick = (await leaver.mail('the letter', ({ subject }) => subject.startsWith('November'))).headers[
      'list-unsubscribe'
    ]!.replace(/^<|>$/g, '');
    expect(await signUp(waiting)).toBe(202);
    await waiting.mail('confirmation', withButton);
    const erasedId = (await stand.contactOf(erased.email))!.id;
    const pids = [await services.api.pid(), await services.worker.pid()];

    await services.temporal.kill('SIGKILL');
    const awayAt = Date.now();
    expect(await signUp(late)).toBe(202);
    expect(await confirm(waiting)).toBe(200);
    expect(await permissionOf(waiting)).toBe('confirmed');
    const left = await fetch(oneClick, {
      method: 'POST',
      body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }),
    });
    expect(left.status).toBe(200);
    expect((await stand.contactOf(leaver.email))?.subscriptions.map(({ status }) => status)).toEqual(['unsubscribed']);
    const erasure = await api.send('POST', '/v1/erasures', { contact_id: erasedId });
    expect([erasure.status, erasure.body.status]).toEqual([202, 'requested']);
    expect((await api.send('GET', `/v1/contacts/${erasedId}`)).status).toBe(404);
    expect(await readiness()).toEqual({ status: 200, temporal: 'failed' });

    // Retries of its client fire late; none of them may end a process.
    await pause(Math.max(0, 30_000 - (Date.now() - awayAt)));
    expect([await services.api.pid(), await services.worker.pid()]).toEqual(pids);
    expect(await late.mails()).toEqual([]);
    await services.temporal.start();

    expect(await confirm(late)).toBe(200);
    await awaitErased(erasure.body.id);
    expect(await permissionOf(late)).toBe('confirmed');
    const signUps = await stand.look((tx) => tx.optIn.findMany({ select: { signUpId: true, contactId: true } }));
    const histories = await Histories.connect(stand.stack.env);
    try {
      for (const { signUpId: id, contactId } of signUps) {
        const row = { type: 'doubleOptIn' as const, accountId: stand.account.accountId, id, contactId };
        const handle = histories.client.workflow.getHandle(executionOf(row).workflowId);
        await eventually('the opt-in to learn of its answer', soonMs, async () => {
          return (await handle.describe()).status.name === 'COMPLETED';
        });
      }
    } finally {
      await histories.close();
    }
    expect([await services.api.pid(), await services.worker.pid()]).toEqual(pids);
  }, 180_000);

  test('an API that is killed right after its answers loses nothing, and API and worker start without Temporal', async () => {
    const { api } = stand.account;
    const { services } = stand.stack;
    const [waiting, late, erased] = [1, 2, 3].map(() => stand.newPerson()) as [Person, Person, Person];
    await stand.importContacts([erased.email]);
    const erasedId = (await stand.contactOf(erased.email))!.id;
    expect(await signUp(waiting)).toBe(202);
    const mail = await waiting.mail('confirmation', withButton);
    const page = await waiting.open(waiting.linkIn(mail, '/c/'));
    await services.temporal.kill('SIGKILL');
    await services.worker.kill('SIGKILL');

    const erasure = await api.ok('POST', '/v1/erasures', { contact_id: erasedId });
    const form = await late.open(stand.account.formUrl);
    const answers = await Promise.all([waiting.submit(page), late.submit(form, { email: late.email, consent: 'yes' })]);
    await services.api.kill('SIGKILL');
    expect(answers.map(({ status }) => status)).toEqual([200, 202]);

    await services.api.start();
    expect(await readiness()).toEqual({ status: 200, temporal: 'failed' });
    expect(await permissionOf(waiting)).toBe('confirmed');
    let polls = false;
    const worker = services.worker.start().then(() => {
      polls = true;
    });
    await pause(5_000);
    expect(polls).toBe(false);
    await services.temporal.start();
    await worker;

    expect(await confirm(late)).toBe(200);
    await awaitErased(erasure.id);
    expect((await waiting.mails()).length).toBe(1);
  }, 120_000);
});
