"""Small networks of make_golden.py as PyTorch's two exporters write them, each with an input and what PyTorch says of it.

    pip install --no-deps torch==2.13.0 onnx onnxscript onnx_ir ml_dtypes
    python make_onnx_golden.py [OUT_DIR]

NAME.onnx is the network; NAME.safetensors holds its `input` and its outputs, `output/1`, `output/2`, …
"""
import onnx
import torch
import torch.nn as nn

import make_golden
from make_golden import Block, Nested


class Mean(nn.Module):
    """The mean of the probabilities of all heads."""

    def __init__(self, network):
        super().__init__()
        self.network = network

    def forward(self, x):
        return torch.stack([torch.sigmoid(logits) for logits in self.network(x)]).mean(0)


def network(filters, norm=None, **options):
    m = Nested(filters, options.pop('cin', 1), options.pop('classes', 1), norm is not None, options.pop('up', 'transposed'),
               options.pop('skips', 'dense'))
    for block in [module for module in m.modules() if isinstance(module, Block) and norm]:
        for name in ('bn1', 'bn2'):
            layer = norm(getattr(block, name).num_features)
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.uniform_(layer.bias, -0.5, 0.5)
            if isinstance(layer, nn.BatchNorm2d):
                nn.init.uniform_(layer.running_mean, -0.5, 0.5)
                nn.init.uniform_(layer.running_var, 0.5, 2)
            setattr(block, name, layer)
    return m.eval()


def without_traces(path):
    """Takes out what the exporter says of the machine: the stack of each node."""
    file = onnx.load(path)
    for part in [file, file.graph, *file.graph.node, *file.graph.input, *file.graph.output, *file.graph.initializer]:
        part.ClearField('metadata_props')
        part.ClearField('doc_string')
    file.graph.ClearField('value_info')
    onnx.save(file, path)


def case(name, m, x, **options):
    path = f'{make_golden.OUT}/{name}.onnx'
    torch.onnx.export(m, (x,), path, **options)
    without_traces(path)
    with torch.no_grad():
        outputs = m(x)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    make_golden.save(name, {'input': x, **{f'output/{k}': y for k, y in enumerate(outputs, 1)}}, {})


if __name__ == '__main__':
    torch.manual_seed(1)
    open_sizes = {'x': {0: 'n', 2: 'h', 3: 'w'}}
    script = dict(dynamo=False, opset_version=13, input_names=['x'])
    dynamo = dict(dynamo=True, external_data=False, verbose=False)
    x = torch.randn(1, 2, 8, 12)
    case('onnx-folded', network([2, 3, 4], nn.BatchNorm2d, cin=2, up='bilinear'), x, dynamic_axes=open_sizes, **script)
    case('onnx-batch', network([2, 3, 4], nn.BatchNorm2d, cin=2, up='nearest', skips='original'), x, optimize=False, **dynamo)
    group = network([2, 9, 4], lambda channels: nn.GroupNorm(3 if channels == 9 else channels, channels), cin=2, classes=3)
    case('onnx-group', group, x, **dynamo)
    case('onnx-mean', Mean(network([2, 3, 4], cin=2, skips='adjacent')).eval(), x, **dynamo)
