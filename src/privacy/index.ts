export { createPrivacy, type Privacy, type PrivacyOptions } from './create-privacy.js';
export { type NodeErasure, eraseOnNode, type EraseOnNodeOptions } from './erase-on-node.js';
export {
  openReceiptKey,
  type Receipt,
  type ReceiptKey,
  type ReceiptProblem,
  subjectHash,
  verifyReceipt,
} from './receipt.js';
export { type ExportLine, type Found, type Subject } from './subject.js';
