/** What applications and hosts may be called, wherever a configuration names one. */
import { text } from './option-type.js';

export const applicationName = text({
  allowed: 'a name of 1 to 64 letters, digits and _ . -',
  pattern: /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
});
export const hostName = text({
  allowed: 'a host name or address',
  pattern: /^[A-Za-z0-9:][A-Za-z0-9:.-]{0,252}$/,
});
