export { openJournal, type JournalOptions } from './open-journal.js';
