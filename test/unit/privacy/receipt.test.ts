import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReceiptKey, type Subject, subjectHash, verifyReceipt } from '../../../src/privacy/index.js';

const ann: Subject = { kind: 'identity', identityId: 'ann' };

describe('a receipt', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'beckon-receipt-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function signed() {
    const key = await openReceiptKey(folder);
    const receipt = key.sign({
      kind: 'erasure',
      subject: subjectHash(ann),
      erasedAt: '2026-01-01T00:00:00.000Z',
      durationMs: 5,
      node: 'n',
      reached: ['store'],
      visits: 1,
      identities: 1,
    });
    return { key, receipt };
  }

  it('holds for its key and its subject, in whatever order its fields come', async () => {
    const { key, receipt } = await signed();
    const turned = Object.fromEntries(Object.entries(receipt).reverse());
    expect(verifyReceipt(turned, key.publicKey, ann)).toBeUndefined();
    expect(verifyReceipt(receipt, key.publicKey)).toBeUndefined();
    expect(JSON.stringify(receipt)).not.toContain('ann');
    // The node has the same key after a restart, and nobody else may read it.
    expect((await openReceiptKey(folder)).publicKey).toBe(key.publicKey);
    expect((await stat(join(folder, 'receipt.key'))).mode & 0o077).toBe(0);
  });

  it('does not hold for anything else', async () => {
    const { key, receipt } = await signed();
    for (const field of Object.keys(receipt) as (keyof typeof receipt)[]) {
      if (field === 'keyId' || field === 'kind') continue;
      const value = field === 'signature' ? Buffer.alloc(64).toString('base64') : 'changed';
      expect(verifyReceipt({ ...receipt, [field]: value }, key.publicKey)).toBe('a wrong signature');
    }
    expect(verifyReceipt({ ...receipt, more: 1 }, key.publicKey)).toBe('a wrong signature');
    expect(verifyReceipt(receipt, key.publicKey, { kind: 'browser', globalVisitID: 'ann' })).toBe(
      'another subject',
    );
    await rm(join(folder, 'receipt.key'));
    expect(verifyReceipt(receipt, (await openReceiptKey(folder)).publicKey)).toBe('another key');
    for (const odd of [null, 1, 'x', [], {}]) expect(verifyReceipt(odd, key.publicKey)).toBe('not a receipt');
  });
});
