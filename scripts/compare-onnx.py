"""Reads ONNX files with OpenCV, or checks them with onnx's checker, for compare-onnx.js.

compare-onnx.py opencv|checker prints its name and version, then for each folder on standard input a line of JSON. A folder
has net.onnx, image.npy and expected.npy; OpenCV's line holds the largest difference from what is expected.
"""
import json
import sys

import numpy as np


def opencv():
    import cv2

    def read(folder):
        net = cv2.dnn.readNetFromONNX(f"{folder}/net.onnx")
        net.setPreferableBackend(cv2.dnn.DNN_BACKEND_OPENCV)
        net.setInput(np.load(f"{folder}/image.npy"))
        found = net.forward()
        return {"difference": float(np.abs(found - np.load(f"{folder}/expected.npy")).max())}

    return f"OpenCV {cv2.__version__}", read


def checker():
    import onnx

    def read(folder):
        onnx.checker.check_model(f"{folder}/net.onnx", full_check=True)
        return {}

    return f"onnx {onnx.__version__}, checker", read


try:
    name, read = {"opencv": opencv, "checker": checker}[sys.argv[1]]()
except ImportError as error:
    sys.exit(f"{sys.argv[1]} is not there: {error}")
print(name)
for line in sys.stdin:
    try:
        result = read(line.rstrip("\n"))
    except Exception as error:  # whatever a program says is what is shown
        result = {"error": " ".join(str(error).split())[:200]}
    print(json.dumps(result))
