export const Literal = () => <p>words that no translator sees</p>
