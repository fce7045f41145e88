/** Elements understood at each level of an RTSTRUCT (PS3.3 C.8.8.5, C.8.8.6, C.8.8.8); all others are kept as they are. */
export const understood = {
  set: ['30060002', '30060004', '30060006', '30060008', '30060009', '30060010', '30060020', '30060039', '30060080'],
  frame: ['00200052', '30060012'],
  study: ['00081150', '00081155', '30060014'],
  series: ['0020000E', '30060016'],
  roi: ['30060022', '30060024', '30060026', '30060028', '30060036', '00620020', '00620021'],
  contours: ['30060084', '3006002A', '30060040'],
  contour: ['30060016', '30060042', '30060046', '30060048', '30060050'],
  observation: ['30060082', '30060084', '30060085', '30060088', '30060086', '300600A4', '300600A6'],
} as const

/** Groups of the object itself that are kept: patient, study, equipment and approval are not content, an object of ours says its own. */
export const ofStructureSet = (tag: string): boolean => /^(3006|3008|3010)/.test(tag)

export const rtStructureSetStorage = '1.2.840.10008.5.1.4.1.1.481.3'
/** Detached Study Management, retired, which RTSTRUCT still names as the class of a study. */
export const studyManagement = '1.2.840.10008.3.1.2.3.1'
