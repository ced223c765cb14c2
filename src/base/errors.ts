/** The one table of errors that can leave the process, and the class that carries a row of it. */

interface ErrorRow {
  /** HTTP status at the REST and event endpoints. */
  readonly status: number;
  /** Whether the same request may succeed later without change. */
  readonly retryable: boolean;
  /** What it means, for the reference page. */
  readonly meaning: string;
}

export const errorTable = {
  BAD_REQUEST: {
    status: 400,
    retryable: false,
    meaning: 'The request breaks a rule that the message names.',
  },
  UNAUTHENTICATED: { status: 401, retryable: false, meaning: 'Credentials are missing or wrong.' },
  FORBIDDEN: { status: 403, retryable: false, meaning: 'The caller is known but lacks the right.' },
  NOT_FOUND: { status: 404, retryable: false, meaning: 'Nothing is kept under that id or path.' },
  METHOD_NOT_ALLOWED: {
    status: 405,
    retryable: false,
    meaning: 'The path exists, but not with this method.',
  },
  CONFLICT: { status: 409, retryable: false, meaning: 'The thing is in a state that does not allow this.' },
  TOO_LARGE: { status: 413, retryable: false, meaning: 'The body or a list in it is over its limit.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retryable: false,
    meaning: 'The body is compressed or of a type that is not taken.',
  },
  TOO_MANY_REQUESTS: { status: 429, retryable: true, meaning: 'A rate limit was reached; wait and repeat.' },
  INTERNAL: { status: 500, retryable: false, meaning: 'A defect of the server; the log has the cause.' },
  NOT_READY: { status: 503, retryable: true, meaning: 'The node does not serve now; wait and repeat.' },
  INTERRUPTED: {
    status: 503,
    retryable: true,
    meaning: 'The visit moved to another node meanwhile; whether the request was done is not known.',
  },
  OVERLOADED: {
    status: 503,
    retryable: true,
    meaning: 'A bounded queue of the node is full; wait and repeat.',
  },
  STORE_UNAVAILABLE: { status: 503, retryable: true, meaning: 'The store did not answer in time.' },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof errorTable;

/** Broken I/O or a refused request, with a code from `errorTable` and the original error as `cause`. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** The field of the request that is wrong, when there is one. */
  readonly field: string | undefined;

  constructor(code: ErrorCode, message: string, options: { field?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.field = options.field;
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** The body that REST callers see. It never contains the cause. */
  toBody(): { error: ErrorCode; message: string; field?: string } {
    return this.field === undefined
      ? { error: this.code, message: this.message }
      : { error: this.code, message: this.message, field: this.field };
  }
}
