"""Reads images with nibabel, pydicom and tifffile, for compare-formats.js: a line of JSON for each file.

A line holds the sizes [slices, height, width, channels] with the first two axes of a volume in any order, the sum of the
values as they are meant (rescaled, inverted where white is 0, palettes as colours), and the spacing in millimetres.
"""
import json
import subprocess
import sys
import tempfile

import numpy as np


SEGMENTATION = "1.2.840.10008.5.1.4.1.1.66.4"


def nifti(path):
    import nibabel

    image = nibabel.load(path)
    data = np.asanyarray(image.dataobj).astype(np.float64)
    volumes = data.shape[3] if data.ndim > 3 else 1
    first = data.reshape(data.shape[:3] + (-1,))[..., 0]
    codes = "".join(nibabel.aff2axcodes(image.affine))
    return {"sizes": first.shape, "sum": first.sum(), "orientation": codes, "volumes": volumes}


def tiff(path):
    import tifffile

    def load(name):
        with tifffile.TiffFile(name) as file:
            page = file.pages[0]
            series = file.series[0]
            return series.asarray(), series.axes, page

    with tifffile.TiffFile(path) as file:
        lossy = int(file.pages[0].compression) == 7
    try:
        data, axes, page = load(path)
    except Exception:
        # tifffile decodes few compressions by itself; libtiff's tiffcp decodes the others.
        with tempfile.NamedTemporaryFile(suffix=".tif") as plain:
            subprocess.run(["tiffcp", "-c", "none", path, plain.name], check=True, capture_output=True)
            data, axes, page = load(plain.name)
    data = data.astype(np.float64)
    if page.photometric.name == "PALETTE":
        data = np.moveaxis(np.asarray(page.colormap, np.float64)[:, data.astype(int)] // 257, 0, -1)
        axes += "S"
    if page.bitspersample == 1:
        data = data * 255
    if page.photometric.name == "MINISWHITE":
        data = 2.0 ** max(8, page.bitspersample) - 1 - data
    if page.extrasamples:
        data = np.take(data, range(page.samplesperpixel - len(page.extrasamples)), axis=axes.index("S"))
    size = dict(zip(axes, data.shape))
    return {"sizes": [size["Y"], size["X"]], "sum": data.sum(), "lossy": lossy}


def dicom(path):
    import pydicom
    from pydicom.pixel_data_handlers.util import apply_modality_lut, apply_color_lut, convert_color_space

    file = pydicom.dcmread(path, force=True)
    try:
        data = file.pixel_array
    except Exception:
        file.decompress("gdcm")
        data = file.pixel_array
    meaning = file.PhotometricInterpretation
    if meaning == "PALETTE COLOR":
        data = apply_color_lut(data, file) // 257
    elif meaning.startswith("YBR_FULL") and "JPEG" not in file.file_meta.TransferSyntaxUID.name:
        data = convert_color_space(data, meaning, "RGB", per_frame=True)
    values = apply_modality_lut(data, file).astype(np.float64)
    if "SharedFunctionalGroupsSequence" in file:
        shared = file.SharedFunctionalGroupsSequence[0]
        if "PixelValueTransformationSequence" in shared:
            rescale = shared.PixelValueTransformationSequence[0]
            values = values * float(rescale.RescaleSlope) + float(rescale.RescaleIntercept)
    if file.SOPClassUID == SEGMENTATION:
        # A frame is of one segment, whose number is the label.
        values = values.reshape(-1, file.Rows, file.Columns)
        groups = file.PerFrameFunctionalGroupsSequence[: len(values)]
        numbers = np.array([group.SegmentIdentificationSequence[0].ReferencedSegmentNumber for group in groups])
        values = values * numbers[:, None, None]
    elif file.BitsAllocated == 1:
        values = values * 255
    spacing = [float(mm) for mm in file.PixelSpacing] if "PixelSpacing" in file else None
    lossy = "JPEG Baseline" in file.file_meta.TransferSyntaxUID.name
    return {"sizes": [file.Rows, file.Columns], "sum": values.sum(), "spacing": spacing, "lossy": lossy}


READERS = {"nifti": nifti, "tiff": tiff, "dicom": dicom}

for line in sys.stdin:
    kind, path = line.rstrip("\n").split(" ", 1)
    try:
        result = READERS[kind](path)
        result["sizes"] = [int(size) for size in result["sizes"]]
        result["sum"] = float(result["sum"])
    except Exception as error:
        result = {"refused": f"{type(error).__name__}: {error}".splitlines()[0]}
    print(json.dumps({"path": path, **result}), flush=True)
