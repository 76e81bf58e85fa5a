import { OperatorError } from "../../core/errors.ts";
import type { ParamValue } from "../../strategy/params.ts";

/** Says whether a combination of values may be tried. */
export type Constraint = (params: Readonly<Record<string, ParamValue>>) => boolean;

type Scope = Readonly<Record<string, ParamValue>>;
type Term = (scope: Scope) => number;

/**
 * Reads an expression over parameters: numbers, names, `+ - * / ( )`, `< <= > >= == !=`, `and`, `or`, `not`.
 * `fast < slow`, `slow / fast >= 2 and stop < 0.1`. A text compares as a text: `side == long`. Nothing is executed but this.
 */
export function parseConstraint(text: string, names: readonly string[]): Constraint {
  const parser = new Parser(text, names);
  const term = parser.parse();
  return (params) => term(params) !== 0;
}

class Parser {
  readonly #text: string;
  readonly #names: readonly string[];
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string, names: readonly string[]) {
    this.#text = text;
    this.#names = names;
    this.#tokens =
      text
        .match(/\s*([A-Za-z_$][\w$-]*|\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|[<>=!]=|&&|\|\||[-+*/()<>!]|\S)/gi)
        ?.map((one) => one.trim()) ?? [];
  }

  parse(): Term {
    const term = this.#or();
    if (this.#at < this.#tokens.length) throw this.#wrong(this.#tokens[this.#at]!);
    return term;
  }

  #or(): Term {
    let left = this.#and();
    while (this.#take("or", "||")) {
      const [a, b] = [left, this.#and()];
      left = (scope) => (a(scope) !== 0 || b(scope) !== 0 ? 1 : 0);
    }
    return left;
  }

  #and(): Term {
    let left = this.#not();
    while (this.#take("and", "&&")) {
      const [a, b] = [left, this.#not()];
      left = (scope) => (a(scope) !== 0 && b(scope) !== 0 ? 1 : 0);
    }
    return left;
  }

  #not(): Term {
    if (!this.#take("not", "!")) return this.#comparison();
    const inner = this.#not();
    return (scope) => (inner(scope) === 0 ? 1 : 0);
  }

  #comparison(): Term {
    const words = this.#wordComparison();
    if (words) return words;
    const left = this.#sum();
    const sign = this.#take("<", "<=", ">", ">=", "==", "!=");
    if (sign === undefined) return left;
    const right = this.#sum();
    return (scope) => (compare(sign, left(scope), right(scope)) ? 1 : 0);
  }

  /** `side == long`: a parameter against a word that is none. */
  #wordComparison(): Term | undefined {
    const [name = "", sign = "", word = ""] = this.#tokens.slice(this.#at, this.#at + 3);
    const isWord = /^[A-Za-z]/.test(word) && !this.#names.includes(word);
    if (!this.#names.includes(name) || !isWord || (sign !== "==" && sign !== "!=")) return undefined;
    this.#at += 3;
    return (scope) => ((String(scope[name]) === word) === (sign === "==") ? 1 : 0);
  }

  #sum(): Term {
    let left = this.#product();
    for (let sign = this.#take("+", "-"); sign !== undefined; sign = this.#take("+", "-")) {
      const [a, b, factor] = [left, this.#product(), sign === "+" ? 1 : -1];
      left = (scope) => a(scope) + factor * b(scope);
    }
    return left;
  }

  #product(): Term {
    let left = this.#factor();
    for (let sign = this.#take("*", "/"); sign !== undefined; sign = this.#take("*", "/")) {
      const [a, b, times] = [left, this.#factor(), sign === "*"];
      left = (scope) => (times ? a(scope) * b(scope) : a(scope) / b(scope));
    }
    return left;
  }

  #factor(): Term {
    if (this.#take("-")) {
      const inner = this.#factor();
      return (scope) => -inner(scope);
    }
    if (this.#take("(")) {
      const inner = this.#or();
      if (!this.#take(")")) throw this.#wrong(this.#tokens[this.#at] ?? "the end");
      return inner;
    }
    const token = this.#tokens[this.#at++] ?? "the end";
    if (/^[\d.]/.test(token)) return constant(Number(token));
    if (this.#names.includes(token)) return (scope) => Number(scope[token]);
    throw this.#wrong(token);
  }

  #take(...wanted: string[]): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return undefined;
    this.#at++;
    return token;
  }

  #wrong(found: string): OperatorError {
    return new OperatorError(`--constraint "${this.#text}" is not understood at ${found}.`, {
      exit: "usage",
      code: "CONSTRAINT_INVALID",
      expected: `an expression over ${this.#names.join(", ")}, such as "fast < slow and slow / fast >= 2"`,
      found,
    });
  }
}

const constant =
  (value: number): Term =>
  () =>
    value;

function compare(sign: string, a: number, b: number): boolean {
  switch (sign) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    case "==":
      return a === b;
    default:
      return a !== b;
  }
}
