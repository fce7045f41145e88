"""Reads a DICOM SEG with pydicom and prints, as JSON, what others would see: segments, algorithm, and each segment's voxels and centroid in patient coordinates."""
import json
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import numpy
import pydicom

file = pydicom.dcmread(sys.argv[1])
rows, columns, frames = file.Rows, file.Columns, int(file.NumberOfFrames)
bits = numpy.unpackbits(numpy.frombuffer(file.PixelData, dtype="uint8"), bitorder="little")[: rows * columns * frames].reshape(frames, rows, columns)
shared = file.SharedFunctionalGroupsSequence[0]
between_rows, between_columns = [float(x) for x in shared.PixelMeasuresSequence[0].PixelSpacing]
orientation = [float(x) for x in shared.PlaneOrientationSequence[0].ImageOrientationPatient]
along_row, down_column = numpy.array(orientation[:3]), numpy.array(orientation[3:])

points = {}
for frame, group in zip(bits, file.PerFrameFunctionalGroupsSequence):
    origin = numpy.array([float(x) for x in group.PlanePositionSequence[0].ImagePositionPatient])
    number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
    row, column = numpy.nonzero(frame)
    places = origin + numpy.outer(column * between_columns, along_row) + numpy.outer(row * between_rows, down_column)
    points.setdefault(number, []).append(places)

segments = []
for segment in file.SegmentSequence:
    number = int(segment.SegmentNumber)
    all_points = numpy.concatenate(points[number]) if number in points else numpy.zeros((0, 3))
    algorithm = segment.SegmentationAlgorithmIdentificationSequence[0] if "SegmentationAlgorithmIdentificationSequence" in segment else None
    segments.append({
        "number": number, "label": segment.SegmentLabel, "type": segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning, "voxels": len(all_points),
        "centroid": [float(x) for x in all_points.mean(axis=0)] if len(all_points) else None, "kind": segment.SegmentAlgorithmType,
        "algorithm": algorithm and [algorithm.AlgorithmName, algorithm.AlgorithmVersion, algorithm.AlgorithmParameters], "tracking": [segment.TrackingID, segment.TrackingUID],
        "lab": list(segment.RecommendedDisplayCIELabValue),
    })
print(json.dumps({
    "segments": segments, "frameOfReference": file.FrameOfReferenceUID, "description": file.SeriesDescription, "frames": frames,
    "sources": [group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID for group in file.PerFrameFunctionalGroupsSequence],
}))
