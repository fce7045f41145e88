"""Reads a DICOM SEG (BINARY, FRACTIONAL or a label map) with pydicom and prints, as JSON, what others would see.

usage: read_seg.py FILE [points]
Segments, algorithm, and each segment's voxels and centroid in patient coordinates; with `points` each voxel as x, y, z and its value.
"""
import json
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import numpy
import pydicom

file = pydicom.dcmread(sys.argv[1])
rows, columns, frames = file.Rows, file.Columns, int(file.NumberOfFrames)
stored = numpy.frombuffer(file.PixelData, dtype="uint8")
if file.BitsAllocated == 1:
    stored = numpy.unpackbits(stored, bitorder="little")
values = stored[: rows * columns * frames].reshape(frames, rows, columns)
shared = file.SharedFunctionalGroupsSequence[0]
between_rows, between_columns = [float(x) for x in shared.PixelMeasuresSequence[0].PixelSpacing]
orientation = [float(x) for x in shared.PlaneOrientationSequence[0].ImageOrientationPatient]
along_row, down_column = numpy.array(orientation[:3]), numpy.array(orientation[3:])

points, found = {}, {}
for frame, group in zip(values, file.PerFrameFunctionalGroupsSequence):
    origin = numpy.array([float(x) for x in group.PlanePositionSequence[0].ImagePositionPatient])
    # A frame of a label map holds all segments, any other frame one.
    named = [] if "SegmentIdentificationSequence" not in group else [int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)]
    for number in named or [int(x) for x in numpy.unique(frame) if x]:
        row, column = numpy.nonzero(frame if named else frame == number)
        places = origin + numpy.outer(column * between_columns, along_row) + numpy.outer(row * between_rows, down_column)
        points.setdefault(number, []).append(places)
        found.setdefault(number, []).append(frame[row, column])

segments = []
for segment in file.SegmentSequence:
    number = int(segment.SegmentNumber)
    if number == 0:
        continue
    all_points = numpy.concatenate(points[number]) if number in points else numpy.zeros((0, 3))
    algorithm = segment.SegmentationAlgorithmIdentificationSequence[0] if "SegmentationAlgorithmIdentificationSequence" in segment else None
    segments.append({
        "number": number, "label": segment.SegmentLabel, "type": segment.SegmentedPropertyTypeCodeSequence[0].CodeMeaning, "voxels": len(all_points),
        "centroid": [float(x) for x in all_points.mean(axis=0)] if len(all_points) else None, "kind": segment.SegmentAlgorithmType,
        "algorithm": algorithm and [algorithm.AlgorithmName, algorithm.AlgorithmVersion, algorithm.AlgorithmParameters], "tracking": [segment.TrackingID, segment.TrackingUID],
        **({"points": numpy.concatenate([all_points, numpy.concatenate(found[number])[:, None]], 1).tolist() if number in points else []} if sys.argv[2:] == ["points"] else {}),
        "lab": list(segment.RecommendedDisplayCIELabValue),
    })
print(json.dumps({
    "sopClass": file.SOPClassUID, "type": file.SegmentationType, "fractional": [file.get("SegmentationFractionalType"), file.get("MaximumFractionalValue")], "background": [segment.SegmentLabel for segment in file.SegmentSequence if segment.SegmentNumber == 0],
    "segments": segments, "frameOfReference": file.FrameOfReferenceUID, "description": file.SeriesDescription, "frames": frames,
    "sources": [group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID for group in file.PerFrameFunctionalGroupsSequence],
}))
