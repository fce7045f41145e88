"""Packs the pixels of a file with RLE Lossless by pydicom and numpy, in place; shares no code with the program."""
import sys

sys.path.insert(0, "/usr/lib/python3/dist-packages")
import pydicom
from pydicom.uid import RLELossless

dataset = pydicom.dcmread(sys.argv[1])
dataset.compress(RLELossless, encoding_plugin="pydicom")
dataset.save_as(sys.argv[1])
