export { Notifications } from './notifications.js';
