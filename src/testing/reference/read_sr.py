"""Reads a report with pydicom alone and prints, for each NUM, its value, units and coordinates; shares no code with the program."""
import json
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import pydicom
from pydicom.sr._concepts_dict import concepts


def walk(item, found, codes):
    for name in ("ConceptNameCodeSequence", "ConceptCodeSequence"):
        for code in getattr(item, name, []):
            codes.append([code.CodingSchemeDesignator, code.CodeValue, code.CodeMeaning])
    if getattr(item, "ValueType", "") == "NUM":
        measured = item.MeasuredValueSequence[0]
        unit = measured.MeasurementUnitsCodeSequence[0]
        codes.append([unit.CodingSchemeDesignator, unit.CodeValue, unit.CodeMeaning])
        coordinates = next((child for child in getattr(item, "ContentSequence", []) if child.ValueType.startswith("SCOORD")), None)
        found.append({
            "value": str(measured.NumericValue), "float": measured.FloatingPointValue, "unit": unit.CodeValue, "concept": item.ConceptNameCodeSequence[0].CodeMeaning,
            **({} if coordinates is None else {
                "type": coordinates.ValueType, "graphic": coordinates.GraphicType, "data": [float(x) for x in coordinates.GraphicData],
                "image": coordinates.ContentSequence[0].ReferencedSOPSequence[0].ReferencedSOPInstanceUID if coordinates.ValueType == "SCOORD" else None,
                "frameOfReference": str(coordinates.get("ReferencedFrameOfReferenceUID", "")),
            }),
        })
    for child in getattr(item, "ContentSequence", []):
        walk(child, found, codes)


def known(scheme, value, meaning):
    entries = concepts.get(scheme, {})
    return any(value in by_value and by_value[value][0].lower() == meaning.lower() for by_value in entries.values())


dataset = pydicom.dcmread(sys.argv[1])
found, codes = [], []
walk(dataset, found, codes)
unknown = sorted({tuple(code) for code in codes if not known(*code)})
print(json.dumps({"numbers": found, "unknownCodes": unknown, "completion": dataset.CompletionFlag, "series": dataset.SeriesDescription, "patient": str(dataset.PatientName)}))
