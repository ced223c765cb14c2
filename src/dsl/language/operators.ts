/** What the operators of an expression do; each means what JavaScript means by it. */

/** The right side is evaluated only when it is needed. */
type Binary<Operand> = (left: Operand, right: () => Operand) => unknown;
type Binaries<Operand> = readonly Readonly<Record<string, Binary<Operand>>>[];

/** By precedence, lowest first. */
const logicals: Binaries<unknown> = [
  { '??': (a, b) => a ?? b() },
  // eslint-disable-next-line @typescript-eslint/prefer-nullish-coalescing
  { '||': (a, b) => a || b() },
  { '&&': (a, b) => a && b() },
];
/** Typed for numbers; what is no number is converted by the operator itself. */
const bits: Binaries<number> = [
  { '|': (a, b) => a | b() },
  { '^': (a, b) => a ^ b() },
  { '&': (a, b) => a & b() },
];
const equalities: Binaries<unknown> = [
  {
    // eslint-disable-next-line eqeqeq
    '==': (a, b) => a == b(),
    // eslint-disable-next-line eqeqeq
    '!=': (a, b) => a != b(),
    '===': (a, b) => a === b(),
    '!==': (a, b) => a !== b(),
  },
];
const numerics: Binaries<number> = [
  {
    '<': (a, b) => a < b(),
    '>': (a, b) => a > b(),
    '<=': (a, b) => a <= b(),
    '>=': (a, b) => a >= b(),
    in: (a, b) => a in (b() as unknown as object),
    instanceof: (a, b) => (a as unknown) instanceof (b() as unknown as () => void),
  },
  { '<<': (a, b) => a << b(), '>>': (a, b) => a >> b(), '>>>': (a, b) => a >>> b() },
  { '+': (a, b) => a + b(), '-': (a, b) => a - b() },
  { '*': (a, b) => a * b(), '/': (a, b) => a / b(), '%': (a, b) => a % b() },
];
export const binaries: Binaries<never> = [...logicals, ...bits, ...equalities, ...numerics];

export const unaries: Readonly<Record<string, (value: never) => unknown>> = {
  '!': (value) => !value,
  '-': (value) => -value,
  '+': (value) => +value,
  '~': (value) => ~value,
  typeof: (value) => typeof value,
  void: () => undefined,
};
