const sameText = (a: readonly unknown[], b: readonly unknown[]): boolean => JSON.stringify(a) === JSON.stringify(b)

/**
 * A maker that keeps the last it made: pictures, truth and a second kind of picture of one study ask in turn for the same
 * costly thing. Nobody may change what it gives.
 * @param same whether two inputs make the same; by default where they are the same as text
 */
export const keepLast = <Input extends readonly unknown[], Made>(make: (...input: Input) => Made, same: (a: Input, b: Input) => boolean = sameText): ((...input: Input) => Made) => {
  let last: { readonly input: Input; readonly made: Made } | undefined
  return (...input) => {
    if (!last || !same(last.input, input)) last = { input, made: make(...input) }
    return last.made
  }
}
