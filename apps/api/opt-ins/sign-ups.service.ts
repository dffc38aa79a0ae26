import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Database } from '../../../libs/db/database.js';
import type { SignUpPayload } from '../../../libs/db/opt-ins.js';
import { enqueueStart } from '../../../libs/db/outbox.js';
import { sealJson } from '../../../libs/privacy/envelope.js';
import { fingerprintOf } from '../../../libs/privacy/fingerprint.js';
import { Keyring } from '../../../libs/privacy/keyring.js';
import { doubleOptInContract } from '../../../workflows/double-opt-in.contract.js';

export interface IncomingSignUp {
  accountId: string;
  listId: string;
  formVersionId?: string;
  sandbox: boolean;
  payload: SignUpPayload;
}

/** Takes sign-ups in. What they lead to is decided later, by the opt-in workflow. */
@Injectable()
export class SignUps {
  constructor(
    @Inject(Database) private readonly db: Database,
    @Inject(Keyring) private readonly keyring: Keyring,
  ) {}

  /**
   * Writes the same rows for every address, whether it is new, subscribed, suppressed or erased (P8): a temporary key,
   * the sealed sign-up, and the command that starts its workflow.
   */
  async receive({ accountId, listId, formVersionId, sandbox, payload }: IncomingSignUp): Promise<{ signUpId: string }> {
    const signUpId = randomUUID();
    const account = await this.keyring.account(accountId);
    const key = (await this.keyring.create(accountId, 'pending', [signUpId])).get(signUpId)!;
    await this.db.forAccount(accountId, async (tx) => {
      await tx.signUp.create({
        data: {
          id: signUpId,
          accountId,
          listId,
          formVersionId: formVersionId ?? null,
          sandbox,
          payloadSealed: sealJson(key, accountId, 'sign_up', signUpId, payload),
          addressFingerprint: fingerprintOf(account.fingerprint, 'email', payload.email),
        },
      });
      const input = { accountId, signUpId };
      await enqueueStart(tx, {
        accountId,
        workflowType: doubleOptInContract.type,
        workflowId: doubleOptInContract.workflowId(input),
        input,
      });
    });
    return { signUpId };
  }
}
