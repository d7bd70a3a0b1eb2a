/** A promise that is kept, or broken, from outside. */
export interface Awaited<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes one. It may be broken before anybody waits for it. */
export function awaited<T>(): Awaited<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((kept, broken) => {
    [resolve, reject] = [kept, broken];
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}
