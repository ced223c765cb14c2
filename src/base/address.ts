/** What an address says of its owner. */

/** Whether who has this address runs on this machine: 127.0.0.0/8 or ::1. */
export function isOwnMachine(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}
