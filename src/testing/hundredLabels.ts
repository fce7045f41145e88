import { gzipSync } from 'node:zlib'
import { writeNifti } from '../workspace/masks/nifti.ts'

/** A compressed NIfTI file of 100 labels on a synthetic CT of slices 1 mm apart (`syntheticCtDatasets`): discs of 17 pixels over two slices each. */
export const hundredLabels = ({ columns, rows, slices, spacingMm }: { readonly columns: number; readonly rows: number; readonly slices: number; readonly spacingMm: number }): Uint8Array => {
  const values = new Uint8Array(columns * rows * slices)
  for (let label = 1; label <= 100; label++) {
    const [x, y, z] = [50 + (label % 10) * 44, 50 + Math.floor((label - 1) / 10) * 44, (label * 7) % (slices - 1)]
    for (let k = z; k < z + 2; k++) for (let j = -8; j <= 8; j++) for (let i = -8; i <= 8; i++) if (i * i + j * j <= 72) values[x + i + columns * (y + j + rows * k)] = label
  }
  return gzipSync(writeNifti({ grid: { dimensions: [columns, rows, slices], origin: [-columns / 2, -rows / 2, 0], steps: [[spacingMm, 0, 0], [0, spacingMm, 0], [0, 0, 1]] }, values }))
}
