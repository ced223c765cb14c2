export { Button, type ButtonProps } from './button.js';
export { ConfirmDialog, type ConfirmDialogProps } from './confirm-dialog.js';
export { ConnectionBadge } from './connection-badge.js';
export { Field, type FieldProps } from './field.js';
export { Icon, type IconName } from './icon.js';
export { LoginForm, type LoginFormProps } from './login-form.js';
export { EmptyState, ErrorState, Skeleton, type ErrorStateProps } from './states.js';
export { useNow } from './use-now.js';
