/**
 * Deadlines of all sessions in one structure. A session stands in at most one slot that counts; moving a
 * deadline later costs nothing, because the slot looks again when it comes up, and moving it earlier adds
 * an entry.
 */
import { tickMs } from './settings.js';

export interface Waker {
  /** The slot that counts; 0 for none. An entry in any other slot is stale. */
  wakeSlot: number;
}

export interface Wheel<Item extends Waker> {
  slots: Map<number, Item[]>;
  /** Slots below this have been looked at. */
  nextSlot: number;
}

export function newWheel<Item extends Waker>(): Wheel<Item> {
  return { slots: new Map(), nextSlot: 1 };
}

/** Makes sure that `item` comes up at or before the end of the slot of `deadlineMs`. */
export function wakeAt<Item extends Waker>(wheel: Wheel<Item>, item: Item, deadlineMs: number): void {
  const slot = Math.max(Math.ceil(deadlineMs / tickMs), wheel.nextSlot);
  if (item.wakeSlot !== 0 && item.wakeSlot <= slot) return;
  item.wakeSlot = slot;
  const items = wheel.slots.get(slot);
  if (items === undefined) wheel.slots.set(slot, [item]);
  else items.push(item);
}

/** Takes the items whose slot has come. The caller puts those back whose deadline has moved. */
export function takeDue<Item extends Waker>(wheel: Wheel<Item>, nowMs: number): Item[] {
  const lastSlot = Math.floor(nowMs / tickMs);
  if (lastSlot < wheel.nextSlot) return [];
  const due: Item[] = [];
  for (const slot of passedSlots(wheel, lastSlot)) {
    const items = wheel.slots.get(slot);
    if (items === undefined) continue;
    wheel.slots.delete(slot);
    for (const item of items) {
      if (item.wakeSlot !== slot) continue;
      item.wakeSlot = 0;
      due.push(item);
    }
  }
  wheel.nextSlot = lastSlot + 1;
  return due;
}

/** After a pause longer than the wheel is wide it is cheaper to look at the slots that exist. */
function passedSlots(wheel: Wheel<Waker>, lastSlot: number): number[] {
  const width = lastSlot - wheel.nextSlot + 1;
  if (width > wheel.slots.size) {
    return [...wheel.slots.keys()].filter((slot) => slot <= lastSlot).sort((a, b) => a - b);
  }
  return Array.from({ length: width }, (_, index) => wheel.nextSlot + index);
}
