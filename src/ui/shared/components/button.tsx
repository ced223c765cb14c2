/**
 * The one button of the office pages, in four weights. What must not happen twice is guarded where it
 * happens: a button that is switched off while a request runs would drop the focus.
 */
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

export interface ButtonProps extends Omit<AriaButtonProps, 'className'> {
  weight?: 'primary' | 'secondary' | 'quiet' | 'danger';
  className?: string;
  'data-testid'?: string;
}

export function Button({ weight = 'secondary', className = '', ...rest }: ButtonProps) {
  return <AriaButton {...rest} className={`button button-${weight} ${className}`} />;
}
