"""Writes the weights of one ResNet with its answer to a random image.

usage: make_resnet.py NAME FOLDER     (torch, torchvision, timm; transformers for NAME hf:basic or hf:bottleneck)
NAME is torchvision:NAME, timm:NAME or hf:KIND; --list prints all names of torchvision and timm instead. The weights are random
(seeded), the statistics of the batch normalisations are those of random images.
"""

import json
import sys
from pathlib import Path

import timm
import torch
import torchvision

CLASSES = 10
SIZES = [(224, 224), (161, 193)]


def names() -> list[str]:
    """Every network that either library files under its ResNets."""
    ours = [n for n in torchvision.models.list_models(torchvision.models) if 'resne' in n]
    theirs = timm.list_models(module='resnet')
    return [f'torchvision:{n}' for n in ours] + [f'timm:{n}' for n in theirs] + ['hf:basic', 'hf:bottleneck']


def create(name: str) -> torch.nn.Module:
    """Builds a network with random weights."""
    library, kind = name.split(':')
    if library == 'torchvision':
        return torchvision.models.get_model(kind, weights=None, num_classes=CLASSES)
    if library == 'timm':
        return timm.create_model(kind, num_classes=CLASSES)
    from transformers import ResNetConfig, ResNetForImageClassification

    sizes = [64, 128, 256, 512] if kind == 'basic' else [256, 512, 1024, 2048]
    model = ResNetForImageClassification(ResNetConfig(layer_type=kind, hidden_sizes=sizes, num_labels=CLASSES))
    model.forward = lambda x, forward=model.forward: forward(pixel_values=x).logits
    return model


def settle(model: torch.nn.Module) -> None:
    """Gives batch normalisations scales, offsets and statistics of their own, and the logits a spread of about 1."""
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = 1.0
            torch.nn.init.uniform_(module.weight, 0.7, 1.3)
            torch.nn.init.normal_(module.bias, 0, 0.1)
        elif isinstance(module, torch.nn.Conv2d) and module.bias is not None:
            torch.nn.init.normal_(module.bias, 0, 0.5)
    images = torch.randn(4, 3, 128, 128)
    with torch.no_grad():
        model.train()(images)
        logits = model.eval()(images)
        list(model.parameters())[-2].mul_(1 / logits.std().clamp_min(1e-6))


def main(name: str, folder: Path) -> None:
    """Writes weights.pth, and for each size images-N.f32, logits-N.f32 and the same logits computed in float64, logits-N.f64."""
    torch.manual_seed(19)
    model = create(name)
    settle(model)
    torch.save(model.state_dict(), folder / 'weights.pth')
    batches = [torch.randn(1, 3, height, width) for height, width in SIZES]
    with torch.no_grad():
        logits = [model(images) for images in batches]
        model.double()
        exact_logits = [model(images.double()) for images in batches]
    for i, images in enumerate(batches):
        images.numpy().astype('<f4').tofile(folder / f'images-{i}.f32')
        logits[i].numpy().astype('<f4').tofile(folder / f'logits-{i}.f32')
        exact_logits[i].numpy().astype('<f8').tofile(folder / f'logits-{i}.f64')
    sizes = [{'height': height, 'width': width} for height, width in SIZES]
    (folder / 'sizes.json').write_text(json.dumps(sizes))


if __name__ == '__main__':
    if sys.argv[1] == '--list':
        print('\n'.join(names()))
    else:
        main(sys.argv[1], Path(sys.argv[2]))
