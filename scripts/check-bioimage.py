"""python3 scripts/check-bioimage.py PACKAGE...: packages of `unetpp export --format bioimage` tested by BioImage.IO's own
programs, `pip install bioimageio.core onnxruntime`: the description and its files, the test tensors by ONNX Runtime, and
other sizes and batches. Each line says that a check passed, or what did not."""
import sys

from bioimageio.core import test_model

failed = False
for package in sys.argv[1:]:
    summary = test_model(package, weight_format="onnx")
    failed = failed or summary.status != "passed"
    for detail in summary.details:
        print(f"{package}: {detail.status}: {detail.name}")
        for error in detail.errors:
            print(f"{package}: {'.'.join(map(str, error.loc))}: {error.msg}")
sys.exit(failed)
