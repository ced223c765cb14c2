/** Asks before something is lost. Escape and the first button keep everything as it is. */
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { Button } from './button.js';

export interface ConfirmDialogProps {
  open: boolean;
  title: string;
  /** Names what will be lost. */
  body: string;
  confirmLabel: string;
  cancelLabel: string;
  onConfirm: () => void;
  onClose: () => void;
}

export function ConfirmDialog(props: ConfirmDialogProps) {
  const { open, title, body, confirmLabel, cancelLabel, onConfirm, onClose } = props;
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <ModalOverlay
      className="dialog-backdrop"
      isOpen={open}
      isDismissable
      onOpenChange={(isOpen) => {
        if (!isOpen) onClose();
      }}
    >
      <Modal className="dialog-frame">
        <Dialog className="dialog" role="alertdialog">
          <Heading slot="title">{title}</Heading>
          <p>{body}</p>
          <div className="dialog-buttons">
            <Button autoFocus onPress={onClose}>
              {cancelLabel}
            </Button>
            <Button weight="danger" onPress={confirm} data-testid="confirm">
              {confirmLabel}
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
