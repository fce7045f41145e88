/** The numbers people ask first, value over word. */
export const Stats = ({ items }: { items: readonly { value: string; label: string }[] }) => (
  <dl className="ciw-stats" style={{ margin: 0 }}>
    {items.map(({ value, label }) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
  </dl>
)
