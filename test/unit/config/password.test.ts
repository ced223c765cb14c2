// Password hashes: right ones match, wrong ones and foreign notations do not, and a flood is turned away.
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/index.js';
import { hashPassword, noPasswordHash, verifyPassword } from '../../../src/config/index.js';

describe('passwords', () => {
  it('match their own hash alone', async () => {
    const hash = await hashPassword('påsswörd');
    expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(await verifyPassword('påsswörd', hash)).toBe(true);
    expect(await verifyPassword('password', hash)).toBe(false);
    expect(await verifyPassword('', hash)).toBe(false);
  });

  it('match in either Unicode form of an accent', async () => {
    const hash = await hashPassword('caf\u00e9');
    expect(await verifyPassword('cafe\u0301', hash)).toBe(true);
  });

  it('get a new salt each time', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });

  it('never match the hash of no password, nor another notation', async () => {
    expect(await verifyPassword('', noPasswordHash)).toBe(false);
    expect(await verifyPassword('x', noPasswordHash)).toBe(false);
    expect(await verifyPassword('x', 'x')).toBe(false);
    const costly = noPasswordHash.replace('ln=15', 'ln=30');
    expect(await verifyPassword('x', costly)).toBe(false);
  });

  it('have 1 to 256 characters', async () => {
    await expect(hashPassword('')).rejects.toThrow(AppError);
    await expect(hashPassword('a'.repeat(257))).rejects.toThrow('1 to 256 characters');
    expect(await verifyPassword('a'.repeat(100_000), noPasswordHash)).toBe(false);
  });

  it('are checked by few at a time, and a flood is told to come back', async () => {
    // The cheapest hash that is accepted keeps the flood short.
    const cheap = noPasswordHash.replace('ln=15,r=8', 'ln=10,r=1');
    const checks = Array.from({ length: 80 }, () => verifyPassword('x', cheap));
    const settled = await Promise.allSettled(checks);
    const refused = settled.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(80 - 66);
    expect(refused[0]?.reason).toMatchObject({ code: 'OVERLOADED', status: 503 });
    expect(await verifyPassword('x', cheap)).toBe(false);
  });
});
