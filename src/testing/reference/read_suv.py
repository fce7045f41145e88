"""Reads the PET images of a folder with pydicom and prints, as JSON for each, what SUVbw others would get: by dose, half-life and times of the tags, by the slice's own slope."""
import json
import sys
from datetime import datetime
from pathlib import Path

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import numpy
import pydicom

slices = []
for path in sorted(Path(sys.argv[1]).glob("*.dcm")):
    file = pydicom.dcmread(path)
    if file.Modality != "PT":
        continue
    assert file.Units == "BQML" and file.DecayCorrection == "START" and {"ATTN", "DECY"} <= set(file.CorrectedImage)
    source = file.RadiopharmaceuticalInformationSequence[0]
    injected = datetime.strptime(source.RadiopharmaceuticalStartDateTime, "%Y%m%d%H%M%S")
    started = datetime.strptime(file.SeriesDate + file.SeriesTime, "%Y%m%d%H%M%S")
    decay = 0.5 ** ((started - injected).total_seconds() / float(source.RadionuclideHalfLife))
    factor = float(file.PatientWeight) * 1000 / (float(source.RadionuclideTotalDose) * decay)
    values = numpy.frombuffer(file.PixelData, dtype="<u2").reshape(file.Rows, file.Columns)
    suv = (values * float(file.RescaleSlope) + float(file.RescaleIntercept)) * factor
    row, column = numpy.unravel_index(int(suv.argmax()), suv.shape)
    slices.append({"z": float(file.ImagePositionPatient[2]), "factor": factor, "decay": decay, "max": float(suv.max()), "mean": float(suv.mean()), "at": [int(column), int(row)]})
print(json.dumps(slices))
