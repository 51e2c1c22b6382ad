// What the studio's modules may name in their types without importing it.

type Signal<T> = import("@preact/signals").Signal<T>;
type Reading<T> = import("@preact/signals").ReadonlySignal<T>;
type Drawn = import("preact").ComponentChildren;

declare namespace Api {
  /** What is sent with, or answered to, `api(method, path)`. A path that is put together elsewhere is not known. */
  type Sent<Method extends string, Path extends string> = Call<Method, Path> extends { sent: infer S } ? S : unknown;
  type Answer<Method extends string, Path extends string> = Call<Method, Path> extends { answer: infer A } ? A : unknown;

  type Call<Method extends string, Path extends string> = Known<`${Method} ${Plain<Path>}`>;
  type Plain<Path extends string> = Path extends `${infer Place}?${string}` ? Place : Path;
  type Known<Asked extends string> = Asked extends keyof Calls ? Calls[Asked] : Calls[Like<Asked>];
  type Like<Asked extends string> = { [Name in keyof Calls]: Fits<Parts<Asked>, Parts<Name>> extends true ? Name : never }[keyof Calls];
  type Parts<Path extends string> = Path extends `${infer Head}/${infer Rest}` ? [Head, ...Parts<Rest>] : [Path];
  type Fits<Asked extends string[], Name extends string[]> =
    [Asked, Name] extends [[infer A, ...infer As extends string[]], [infer N, ...infer Ns extends string[]]]
      ? (N extends `{${string}}` ? Fits<As, Ns> : [A, N] extends [N, A] ? Fits<As, Ns> : false)
      : [Asked, Name] extends [[], []] ? true : false;
}
