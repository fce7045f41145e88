"""Reads a DICOM RT Structure Set with pydicom and numpy alone and prints, as JSON, what others would see.

usage: read_rtstruct.py FILE GRID; GRID is JSON: size (columns, rows, slices), origin and three steps, mm.
For each structure: its identity, the area of each plane of contours (even-odd), and on the grid the voxels whose centres lie inside: how many, their volume, first, last and mean centre.
"""
import json
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import numpy
import pydicom

file = pydicom.dcmread(sys.argv[1])
grid = json.loads(sys.argv[2])
columns, rows, slices = grid["size"]
origin, steps = numpy.array(grid["origin"]), numpy.array(grid["steps"])
normal = numpy.cross(steps[0], steps[1])
pixel = numpy.linalg.norm(normal)
normal = normal / pixel
first, second = steps[0] / numpy.linalg.norm(steps[0]), numpy.cross(normal, steps[0] / numpy.linalg.norm(steps[0]))
step = abs(float(steps[2] @ normal))


def inside(points, polygon):
    """Of many points at once, whether a polygon in the plane winds around them an odd number of times (sum of angles, not crossings)."""
    total = numpy.zeros(len(points))
    for a, b in zip(polygon, numpy.roll(polygon, -1, 0)):
        u, v = a - points, b - points
        total += numpy.arctan2(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0], (u * v).sum(1))
    return numpy.abs(numpy.round(total / (2 * numpy.pi))) % 2 == 1


def area(polygon):
    x, y = polygon[:, 0] - polygon[:, 0].mean(), polygon[:, 1] - polygon[:, 1].mean()
    return abs(float((x * numpy.roll(y, -1) - numpy.roll(x, -1) * y).sum())) / 2


def centres(k):
    """Patient coordinates of the voxel centres of slice k, row by row."""
    j, i = numpy.divmod(numpy.arange(rows * columns), columns)
    return origin + numpy.outer(i, steps[0]) + numpy.outer(j, steps[1]) + k * steps[2]


items = {int(one.ReferencedROINumber): one for one in file.ROIContourSequence}
structures = []
for roi in file.StructureSetROISequence:
    number = int(roi.ROINumber)
    planes = {}
    for contour in items[number].get("ContourSequence", []):
        points = numpy.array([float(x) for x in contour.ContourData]).reshape(-1, 3)
        assert len(points) == int(contour.NumberOfContourPoints) and contour.ContourGeometricType == "CLOSED_PLANAR", number
        assert all(len(str(x)) <= 16 for x in contour.ContourData), number
        height = (points - origin) @ normal
        assert height.max() - height.min() < 1e-6, number
        k = int(round(float(height.mean() / (steps[2] @ normal))))
        planes.setdefault(k, []).append((numpy.stack([(points - origin) @ first, (points - origin) @ second], 1), [one.ReferencedSOPInstanceUID for one in contour.get("ContourImageSequence", [])]))
    found, areas = [], []
    for k, polygons in sorted(planes.items()):
        places = centres(k)
        flat = numpy.stack([(places - origin) @ first, (places - origin) @ second], 1)
        within = sum(inside(flat, polygon).astype(int) for polygon, _ in polygons) % 2 == 1
        found.append(places[within])
        # A point of a polygon that lies in an odd number of others tells that it bounds a hole; corners of voxels are moved off them.
        depth = [sum(bool(inside((polygon[:1] + polygon[1:2]) / 2 + 1e-5, other)[0]) for other, _ in polygons if other is not polygon) for polygon, _ in polygons]
        areas.append(sum(area(polygon) * (-1) ** d for (polygon, _), d in zip(polygons, depth)))
    voxels = numpy.concatenate(found) if found else numpy.zeros((0, 3))
    observation = [one for one in file.RTROIObservationsSequence if int(one.ReferencedROINumber) == number][0]
    structures.append({
        "number": number, "name": str(roi.ROIName), "algorithm": roi.ROIGenerationAlgorithm, "frame": roi.ReferencedFrameOfReferenceUID, "tracking": [roi.get("TrackingID", ""), roi.get("TrackingUID", "")],
        "colour": [int(x) for x in items[number].get("ROIDisplayColor", [])], "type": observation.RTROIInterpretedType, "areas": areas, "volume": sum(areas) * step, "voxels": len(voxels), "voxelVolume": len(voxels) * pixel * step,
        "first": voxels[0].tolist() if len(voxels) else None, "last": voxels[-1].tolist() if len(voxels) else None, "mean": voxels.mean(0).tolist() if len(voxels) else None,
        "images": sorted({uid for polygons in planes.values() for _, uids in polygons for uid in uids}),
    })
print(json.dumps({"structures": structures, "description": file.SeriesDescription, "approval": file.ApprovalStatus, "instance": int(file.InstanceNumber), "frames": [one.FrameOfReferenceUID for one in file.ReferencedFrameOfReferenceSequence]}))
