/** A string that can only be used as the one kind of id it was made for. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };
