"""Reads a mask (NIfTI-1, NRRD or MHA) with numpy alone and prints, as JSON, its voxels that are not 0: LPS x, y, z in mm and value, the first axis fastest."""
import gzip
import json
import struct
import sys
import zlib

import numpy

path = sys.argv[1]
data = open(path, "rb").read()
if path.endswith(".nii.gz"):
    data = gzip.decompress(data)
    assert struct.unpack_from("<i", data)[0] == 348 and data[344:348] == b"n+1\0"
    sizes = struct.unpack_from("<8h", data, 40)[1:4]
    kind = {2: "<u1", 512: "<u2"}[struct.unpack_from("<h", data, 70)[0]]
    start = int(struct.unpack_from("<f", data, 108)[0])
    assert struct.unpack_from("<h", data, 254)[0] == 1
    affine = numpy.array(struct.unpack_from("<12f", data, 280), dtype=float).reshape(3, 4)
    # From right, front, up to left, back, up.
    affine[:2] *= -1
    steps, origin = affine[:, :3], affine[:, 3]
    stored = data[start:]
elif path.endswith(".nrrd"):
    head, _, rest = data.partition(b"\n\n")
    fields = dict(line.split(": ", 1) for line in head.decode().split("\n")[1:] if ": " in line and not line.startswith("#") and ":=" not in line)
    assert fields["space"] == "left-posterior-superior" and fields["encoding"] == "gzip"
    sizes = [int(x) for x in fields["sizes"].split()]
    kind = {"uint8": "<u1", "uint16": "<u2"}[fields["type"]]
    steps = numpy.array([[float(x) for x in vector.strip("()").split(",")] for vector in fields["space directions"].split()]).T
    origin = numpy.array([float(x) for x in fields["space origin"].strip("()").split(",")])
    stored = gzip.decompress(rest)
else:
    head, _, rest = data.partition(b"ElementDataFile = LOCAL\n")
    fields = dict(line.split(" = ", 1) for line in head.decode().strip().split("\n"))
    assert fields["ObjectType"] == "Image" and fields["NDims"] == "3" and int(fields["CompressedDataSize"]) == len(rest)
    sizes = [int(x) for x in fields["DimSize"].split()]
    kind = {"MET_UCHAR": "<u1", "MET_USHORT": "<u2"}[fields["ElementType"]]
    steps = numpy.array([float(x) for x in fields["TransformMatrix"].split()]).reshape(3, 3).T * [float(x) for x in fields["ElementSpacing"].split()]
    origin = numpy.array([float(x) for x in fields["Offset"].split()])
    stored = zlib.decompress(rest)

values = numpy.frombuffer(stored, dtype=kind)
assert len(values) == sizes[0] * sizes[1] * sizes[2]
values = values.reshape(sizes, order="F")
voxels = numpy.argwhere(values.transpose(2, 1, 0))[:, ::-1]
places = origin + voxels @ steps.T
print(json.dumps([[*map(float, place), int(values[tuple(voxel)])] for place, voxel in zip(places, voxels)]))
