export { chatMachine, chatResource, chatView, type ChatProfile } from './chat.js';
