"""Holds the table of true lesions of a study against its voxels, with pydicom and numpy alone.

usage: check_truth.py STUDY; STUDY holds the images uncompressed, and in `truth` lesions.json and Segmentations.
Prints, as JSON, for each lesion with an outline: by how much diameter and centre differ in mm, half a voxel, and how far its pixels stand out.
"""
import glob
import json
import os
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import numpy
import pydicom

folder = sys.argv[1]
images = {}
for name in glob.glob(os.path.join(folder, "*.dcm")):
    file = pydicom.dcmread(name)
    images[file.SOPInstanceUID] = file
table = json.load(open(os.path.join(folder, "truth", "lesions.json")))
names = [column["name"] for column in table["columns"]]
truth = [dict(zip(names, row)) for row in table["rows"]]


def feret(points):
    """Longest width of points with the pixel they stand for, over directions of 3 degrees."""
    best = 0.0
    for angle in numpy.radians(numpy.arange(0, 180, 3)):
        along = points @ numpy.array([numpy.cos(angle), numpy.sin(angle)])
        best = max(best, along.max() - along.min())
    return best


found = []
for name in sorted(glob.glob(os.path.join(folder, "truth", "*.dcm"))):
    seg = pydicom.dcmread(name)
    rows, columns, frames = seg.Rows, seg.Columns, int(seg.NumberOfFrames)
    bits = numpy.unpackbits(numpy.frombuffer(seg.PixelData, dtype="uint8"), bitorder="little")[: rows * columns * frames].reshape(frames, rows, columns)
    shared = seg.SharedFunctionalGroupsSequence[0]
    between_rows, between_columns = [float(x) for x in shared.PixelMeasuresSequence[0].PixelSpacing]
    thick = float(shared.PixelMeasuresSequence[0].SpacingBetweenSlices)
    orientation = [float(x) for x in shared.PlaneOrientationSequence[0].ImageOrientationPatient]
    across, down = numpy.array(orientation[:3]), numpy.array(orientation[3:])
    series = seg.ReferencedSeriesSequence[0].SeriesInstanceUID
    labels = {int(s.SegmentNumber): s.SegmentLabel for s in seg.SegmentSequence}
    parts = {}
    for frame, group in zip(bits, seg.PerFrameFunctionalGroupsSequence):
        number = int(group.SegmentIdentificationSequence[0].ReferencedSegmentNumber)
        origin = numpy.array([float(x) for x in group.PlanePositionSequence[0].ImagePositionPatient])
        source = images[group.DerivationImageSequence[0].SourceImageSequence[0].ReferencedSOPInstanceUID]
        # The outline lies on the very image it names.
        assert numpy.abs(numpy.array([float(x) for x in source.ImagePositionPatient]) - origin).max() < 1e-3, name
        row, column = numpy.nonzero(frame)
        flat = numpy.stack([column * between_columns, row * between_rows], 1)
        world = origin + numpy.outer(flat[:, 0], across) + numpy.outer(flat[:, 1], down)
        values = source.pixel_array.astype(float) * float(source.get("RescaleSlope", 1)) + float(source.get("RescaleIntercept", 0))
        ring = numpy.zeros_like(frame)
        for dy in (-4, 4, 0, 0):
            for dx in (0, 0, -4, 4):
                ring |= numpy.roll(numpy.roll(frame, dy, 0), dx, 1)
        ring = (ring > 0) & (frame == 0)
        parts.setdefault(number, []).append((feret(flat), world, values[frame > 0], values[ring]))
    for number, slices in parts.items():
        row = next(r for r in truth if r["lesion"] == labels[number] and r["series"] == series)
        world = numpy.concatenate([s[1] for s in slices])
        # Pixel centres end half a pixel before the edge on either side.
        longest = max(s[0] for s in slices) + (between_rows + between_columns) / 2
        off = world.mean(0) - numpy.array([row["x"], row["y"], row["z"]])
        normal = numpy.cross(across, down)
        inside, around = numpy.concatenate([s[2] for s in slices]), numpy.concatenate([s[3] for s in slices])
        found.append({
            "lesion": row["lesion"], "type": row["type"], "series": series, "diameter": abs(longest - row["longest"]), "halfVoxel": max(between_rows, between_columns, thick) / 2,
            "across": float(abs(off @ across)), "down": float(abs(off @ down)), "through": float(abs(off @ normal)), "halfPixel": max(between_rows, between_columns) / 2, "halfStep": thick / 2,
            "contrast": float(abs(numpy.median(inside) - numpy.median(around)) / (around.std() + 1e-9)), "voxels": int(len(world)),
        })
print(json.dumps(found))
