/** A labelled line of text in a form, with the browser's own check and a message in the page's language. */
import { FieldError, Input, Label, TextField } from 'react-aria-components';

export interface FieldProps {
  label: string;
  name: string;
  type?: 'text' | 'password';
  autoComplete: string;
  autoFocus?: boolean;
  value: string;
  onChange: (value: string) => void;
  requiredMessage: string;
  testId: string;
}

export function Field({ label, requiredMessage, testId, ...rest }: FieldProps) {
  return (
    <TextField {...rest} className="field" isRequired>
      <Label>{label}</Label>
      <Input className="input" data-testid={testId} maxLength={256} />
      <FieldError className="field-error">{requiredMessage}</FieldError>
    </TextField>
  );
}
