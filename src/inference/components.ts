import type { Grid } from '../domain/geometry/grid.ts'

/** One connected part; `atEdge`: it touches the outer columns or rows of its slices. */
export type Part = { readonly number: number; readonly voxels: number; readonly atEdge: boolean }

/** Neighbours that come before a voxel in memory order: sharing a face (6), an edge too (18), a corner too (26). */
const before = (connectivity: 6 | 18 | 26): readonly (readonly [number, number, number])[] => {
  const most = connectivity === 6 ? 1 : connectivity === 18 ? 2 : 3
  const all = [-1, 0, 1].flatMap((dz) => [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dx, dy, dz] as const)))
  return all.filter(([dx, dy, dz]) => Math.abs(dx) + Math.abs(dy) + Math.abs(dz) <= most && (dz < 0 || (dz === 0 && (dy < 0 || (dy === 0 && dx < 0)))))
}

/**
 * Connected components of the voxels that are not 0, by two passes with a union of provisional labels (Rosenfeld and Pfaltz 1966).
 * @returns `of`: the number of each voxel's part, 0 for background; `parts` by that number
 */
export const components = (mask: Uint8Array, [nx, ny, nz]: Grid['dimensions'], connectivity: 6 | 18 | 26): { of: Int32Array; parts: Part[] } => {
  const of = new Int32Array(mask.length)
  const parent: number[] = [0]
  const rootOf = (label: number): number => {
    let root = label
    while ((parent[root] ?? root) !== root) root = parent[root] ?? root
    for (let at = label; at !== root;) [parent[at], at] = [root, parent[at] ?? root]
    return root
  }
  const neighbours = before(connectivity)
  for (let k = 0, v = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, v++) {
        if (!mask[v]) continue
        let own = 0
        for (const [dx, dy, dz] of neighbours) {
          if (i + dx < 0 || i + dx >= nx || j + dy < 0 || j + dy >= ny || k + dz < 0) continue
          const other = of[v + dx + nx * (dy + ny * dz)] ?? 0
          if (other === 0) continue
          const root = rootOf(other)
          if (own === 0) own = root
          else if (root !== own) {
            const low = Math.min(root, own)
            parent[Math.max(root, own)] = low
            own = low
          }
        }
        if (own === 0) parent.push(own = parent.length)
        of[v] = own
      }
    }
  }
  const numbers = new Map<number, number>()
  const voxels: number[] = []
  const edge: boolean[] = []
  for (let k = 0, v = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, v++) {
        if (!of[v]) continue
        const root = rootOf(of[v] ?? 0)
        const number = numbers.get(root) ?? numbers.size + 1
        numbers.set(root, number)
        of[v] = number
        voxels[number] = (voxels[number] ?? 0) + 1
        if (i === 0 || j === 0 || i === nx - 1 || j === ny - 1) edge[number] = true
      }
    }
  }
  return { of, parts: [...numbers.values()].map((number) => ({ number, voxels: voxels[number] ?? 0, atEdge: edge[number] ?? false })) }
}
