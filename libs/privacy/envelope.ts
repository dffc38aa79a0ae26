import { open, seal } from './cipher.js';

/** What identifies a contact: one AES-256-GCM envelope under the contact's own key (decision 3, P21). */
export interface ContactIdentity {
  email?: string;
  mobile?: string;
  firstName?: string;
  lastName?: string;
  externalId?: string;
}

export function sealIdentity(
  key: Buffer,
  accountId: string,
  contactId: string,
  identity: ContactIdentity,
): Buffer<ArrayBuffer> {
  return seal(key, JSON.stringify(identity), `contact/${accountId}/${contactId}`);
}

export function openIdentity(key: Buffer, accountId: string, contactId: string, sealed: Uint8Array): ContactIdentity {
  return JSON.parse(open(key, sealed, `contact/${accountId}/${contactId}`).toString());
}

/** A sealed JSON value of another kind of row: a sign-up's payload, a pending address, a tombstone's IPs. */
export function sealJson(
  key: Buffer,
  accountId: string,
  kind: string,
  rowId: string,
  value: unknown,
): Buffer<ArrayBuffer> {
  return seal(key, JSON.stringify(value), `${kind}/${accountId}/${rowId}`);
}

export function openJson<Value>(
  key: Buffer,
  accountId: string,
  kind: string,
  rowId: string,
  sealed: Uint8Array,
): Value {
  return JSON.parse(open(key, sealed, `${kind}/${accountId}/${rowId}`).toString());
}
