import '../../../../../dicom/file/read.ts'
