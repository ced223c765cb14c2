/**
 * For how long rows are kept, in seconds by the entity's name as the options have it (`visit`, `page`,
 * `event`, `identity`, `engagement`, `chat`); `all` is for those not named, 0 is for ever.
 */
export type Retention = Readonly<Record<string, number>>;
