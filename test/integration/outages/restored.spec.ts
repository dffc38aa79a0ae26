import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { letter } from '../../../apps/stack/demo/company.js';
import { eventually } from '../../../apps/stack/demo/deviation.js';
import type { Person } from '../../../apps/stack/demo/person.js';
import { executionOf } from '../../../workflows/promises.contract.js';
import { Stand } from '../../bench/chaos/stand.js';
import { Histories } from '../../support/histories.js';
import { backUp, reconcile, restore } from './restored.js';

const soonMs = 30_000;
/** So many that a worker is killed in the middle of them. */
const audience = 800;

describe('after an older backup was put back', () => {
  let stand: Stand;
  let histories: Histories;
  beforeAll(async () => {
    stand = await Stand.open(() => undefined);
    histories = await Histories.connect(stand.stack.env);
  }, 120_000);
  afterAll(async () => {
    await histories?.close();
    await stand?.close();
  });

  async function signUp(person: Person): Promise<string> {
    const form = await person.open(stand.account.formUrl);
    await person.submit(form, { email: person.email, consent: 'yes' });
    const mail = await person.mail('confirmation', ({ html }) => html.includes('/c/'));
    const contactId = (await stand.contactOf(person.email))!.id;
    const { signUpId } = await stand.look((tx) => tx.optIn.findFirstOrThrow({ where: { contactId } }));
    confirmLinks.set(person, person.linkIn(mail, '/c/'));
    return workflowOf('doubleOptIn', signUpId);
  }
  const confirmLinks = new Map<Person, string>();
  const confirm = async (person: Person) => (await person.submit(await person.open(confirmLinks.get(person)!))).status;

  function workflowOf(type: 'doubleOptIn' | 'campaign', id: string): string {
    return executionOf({ type, accountId: stand.account.accountId, id, contactId: null }).workflowId;
  }

  /** `NOT_FOUND` before the outbox has started it. */
  const statusOf = async (workflowId: string): Promise<string> => {
    try {
      return (await histories.client.workflow.getHandle(workflowId).describe()).status.name;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return 'NOT_FOUND';
      throw error;
    }
  };

  async function untilStatus(workflowId: string, status: string): Promise<void> {
    await eventually(`${workflowId} to be ${status}`, soonMs, async () => (await statusOf(workflowId)) === status);
  }

  const permissionOf = async (person: Person) => (await stand.contactOf(person.email))?.channels[0]?.permission;

  test('both sides agree before anything happened', async () => {
    await signUp(stand.newPerson());
    const { exitCode, lines, total } = await reconcile(stand.stack);
    expect(lines).toEqual([]);
    expect([exitCode, total.held, total.compared > 0]).toEqual([0, 0, true]);
  }, 60_000);

  test('an older database: nothing is sent again, what disagrees is told and held, and goes on when it is asked to', async () => {
    const { api, brandA } = stand.account;
    const { services } = stand.stack;
    const [late, fresh, erased] = [1, 2, 3].map(() => stand.newPerson()) as [Person, Person, Person];
    const lateWorkflow = await signUp(late);
    await stand.importContacts([erased.email]);
    const erasedId = (await stand.contactOf(erased.email))!.id;
    const listId = await stand.importContacts(Array.from({ length: audience }, () => `${randomUUID()}@people.example`));
    const subject = `Letter ${randomUUID()}`;
    const template = await api.ok('POST', '/v1/templates', { brand_id: brandA, ...letter('Letter', subject) });
    const fields = { name: 'Letter', list_id: listId, template_id: template.id };
    const campaignId: string = (await api.ok('POST', '/v1/campaigns', fields)).id;
    const sentNow = async () => (await api.ok('GET', `/v1/campaigns/${campaignId}`)).counts?.sent ?? 0;
    const stateNow = async () => (await api.ok('GET', `/v1/campaigns/${campaignId}`)).state;

    await api.ok('POST', `/v1/campaigns/${campaignId}/send`);
    await eventually('some to be sent', soonMs, async () => (await sentNow()) > 0);
    await services.worker.kill('SIGKILL');
    const before = await sentNow();
    expect(before).toBeLessThan(audience - 200);
    await backUp(stand.stack, 'postgres');

    // What the backup does not know: more was sent, one confirmed, one signed up, one was erased.
    await services.worker.start();
    await eventually('more to be sent', soonMs, async () => (await sentNow()) > before + 100);
    expect(await confirm(late)).toBe(200);
    await untilStatus(lateWorkflow, 'COMPLETED');
    const freshWorkflow = await signUp(fresh);
    const erasure = await api.ok('POST', '/v1/erasures', { contact_id: erasedId });
    await untilStatus(`erasure:${erasure.id}`, 'COMPLETED');
    await eventually('the workflow to have counted them', soonMs, async () => {
      const handle = histories.client.workflow.getHandle(workflowOf('campaign', campaignId));
      return ((await handle.query<{ counts: { sent?: number } }, []>('progress')).counts.sent ?? 0) > before;
    });
    await services.worker.stop();
    await services.api.stop();
    await restore(stand.stack, 'postgres');
    await services.api.start();
    const arrived = async () => (await stand.inbox.messages()).filter((mail) => mail.subject.startsWith(subject));
    const arrivedBefore = (await arrived()).length;
    expect(await stateNow()).toBe('sending');

    // A worker that starts holds the campaign before it sends.
    await services.worker.start();
    await pause(3_000);
    expect(await stateNow()).toBe('paused');
    expect((await arrived()).length).toBe(arrivedBefore);

    const told = await reconcile(stand.stack);
    const codes = () => new Map(told.lines.map((line) => [line.workflow_id, line.code]));
    expect(codes().get(lateWorkflow)).toBe('execution_ended');
    expect(codes().get(freshWorkflow)).toBe('row_missing');
    const forgotten = told.lines.find(({ code }) => code === 'erasure_forgotten');
    expect(forgotten).toMatchObject({ workflow_id: `erasure:${erasure.id}`, contact_id: erasedId });
    expect([told.exitCode, told.total]).toEqual([1, expect.objectContaining({ held: 3, restarted: 0, ended: 0 })]);
    expect(await statusOf(lateWorkflow)).toBe('COMPLETED');
    expect(await statusOf(freshWorkflow)).toBe('RUNNING');

    await api.ok('POST', '/v1/erasures', { contact_id: erasedId });
    await pause(1_000);
    const acted = await reconcile(stand.stack, '--restart', '--end');
    const actions = new Map(acted.lines.map((line) => [line.workflow_id, line.action]));
    expect(actions.get(lateWorkflow)).toBe('restarted');
    expect(actions.get(freshWorkflow)).toBe('ended');
    expect(actions.get(`erasure:${erasure.id}`)).toBe('restarted');
    expect(acted.exitCode).toBe(0);
    await untilStatus(lateWorkflow, 'RUNNING');
    expect(await confirm(late)).toBe(200);
    await untilStatus(lateWorkflow, 'COMPLETED');
    expect(await permissionOf(late)).toBe('confirmed');
    expect((await late.mails()).length).toBe(1);
    await eventually('the erasure to be done again', soonMs, async () => {
      return (await api.ok('GET', `/v1/erasures/${erasure.id}`)).status === 'done';
    });
    expect((await arrived()).length).toBe(arrivedBefore);
    expect((await reconcile(stand.stack)).lines).toEqual([]);
    await api.ok('POST', `/v1/campaigns/${campaignId}/cancel`);
  }, 180_000);

  test('an older Temporal: what it never heard of is told, and started again when it is asked to', async () => {
    const { services } = stand.stack;
    const [confirmed, fresh] = [stand.newPerson(), stand.newPerson()];
    const confirmedWorkflow = await signUp(confirmed);
    await services.worker.stop();
    await backUp(stand.stack, 'temporal');
    await services.worker.start();
    expect(await confirm(confirmed)).toBe(200);
    await untilStatus(confirmedWorkflow, 'COMPLETED');
    const freshWorkflow = await signUp(fresh);
    await services.worker.stop();
    await restore(stand.stack, 'temporal');
    await services.worker.start();

    const told = await reconcile(stand.stack);
    const codes = new Map(told.lines.map((line) => [line.workflow_id, line.code]));
    expect(codes.get(confirmedWorkflow)).toBe('row_ended');
    expect(codes.get(freshWorkflow)).toBe('execution_missing');
    expect(told.exitCode).toBe(1);

    expect((await reconcile(stand.stack, '--restart', '--end')).exitCode).toBe(0);
    await untilStatus(confirmedWorkflow, 'TERMINATED');
    await eventually('the opt-in to run again', soonMs, async () => {
      return (await statusOf(freshWorkflow).catch(() => 'none')) === 'RUNNING';
    });
    expect(await confirm(fresh)).toBe(200);
    await untilStatus(freshWorkflow, 'COMPLETED');
    expect(await permissionOf(confirmed)).toBe('confirmed');
    expect((await fresh.mails()).length).toBe(1);
    expect((await reconcile(stand.stack)).lines).toEqual([]);
  }, 120_000);
});
