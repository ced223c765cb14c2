export { lockDataFolder, type DataFolderLock } from './data-folder-lock.js';
export type { Journal, JournalEntry } from './journal.js';
export { openJournal, type JournalOptions } from './journal/index.js';
export type { CellSnapshot, OperationalStore, Row } from './operational-store.js';
