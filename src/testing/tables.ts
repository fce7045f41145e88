import type { Table } from '../domain/table/table.ts'

/** A clinical table as images' data sets have one, of two people. */
export const clinicalTable: Table = {
  name: 'clinical', title: 'Clinical data',
  columns: [
    { name: 'subject', label: 'Subject', type: 'text' }, { name: 'age', label: 'Age', unit: 'years', type: 'number' }, { name: 'sex', label: 'Sex', type: 'text' }, { name: 'diagnosis', label: 'Diagnosis', type: 'text' },
    { name: 'stage', label: 'Stage', type: 'text' }, { name: 'psa', label: 'PSA', unit: 'ng/mL', type: 'number' }, { name: 'outcome', label: 'Outcome', type: 'text' }, { name: 'seen', label: 'Last seen', type: 'date' },
  ],
  rows: [['A-1', 66, 'F', 'Adenocarcinoma of lung', 'IIIA', null, 'Alive', '2026-01-05'], ['A-2', 58, 'M', 'Adenocarcinoma of lung', 'IV', 6.5, 'Died', '2025-11-20'], ['A-3', 71, 'M', 'Squamous cell carcinoma', null, 4.1, 'Alive', null]],
}

/** A truth table as reference data sets have one. */
export const truthTable: Table = {
  name: 'truth', title: 'True lesions',
  columns: [{ name: 'subject', label: 'Subject', type: 'text' }, { name: 'lesion', label: 'Lesion', type: 'text' }, { name: 'longest', label: 'Longest diameter', unit: 'mm', type: 'number' }],
  rows: [['A-1', 'L1', 24.3], ['A-1', 'L2', 8.6]],
}
