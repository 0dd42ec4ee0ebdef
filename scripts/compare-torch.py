"""Runs what `unetpp export --format torch` wrote, for compare-torch.js.

Each argument is a folder with model.py, predict.py and weights.safetensors, and beside them image.json
({"shape": [height, width, channels], "dtype": "uint8"}) with the pixels as raw numbers in image.bin. The probabilities,
[classes, height, width] in float32, go to probs.bin.
"""
import importlib
import json
import sys
from pathlib import Path

import numpy as np
import torch

torch.set_num_threads(1)
for folder in map(Path, sys.argv[1:]):
    facts = json.loads((folder / "image.json").read_text())
    pixels = np.fromfile(folder / "image.bin", facts["dtype"]).reshape(facts["shape"])
    sys.path.insert(0, str(folder))
    for name in ("model", "predict"):
        sys.modules.pop(name, None)
    predict = importlib.import_module("predict")
    probs = predict.predict(predict.load(), pixels)
    sys.path.pop(0)
    np.ascontiguousarray(probs, np.float32).tofile(folder / "probs.bin")
print(torch.__version__)
