"""Golden values of the losses from PyTorch, in float64: written from the papers, gradients by autograd.

    pip install --no-deps torch==2.13.0      # any recent CPU build will do
    python make_loss_golden.py [OUT_DIR]

Writes losses.safetensors: for each case NAME/logits [N,K,H,W], NAME/target ([N,1,H,W], or labels [N,H,W]), NAME/y [1]
and NAME/grad_logits; `__metadata__.config` maps NAME to { "terms": […], "classWeights": […] }, the loss as the library
takes it.
"""
import torch
import torch.nn.functional as F

from make_golden import save


def one_hot(x, y):
    """Probabilities and truth of what counts: [N, 1, HW] of the foreground, or [N, K, HW]."""
    if x.shape[1] == 1:
        return torch.sigmoid(x).flatten(2), y.flatten(2)
    return torch.softmax(x, 1).flatten(2), F.one_hot(y, x.shape[1]).movedim(3, 1).flatten(2).to(x)


def class_mean(losses, weights):
    """[…, K] -> weighted mean over classes, mean over the rest."""
    w = torch.ones(losses.shape[-1], dtype=losses.dtype) if weights is None else torch.tensor(weights).to(losses)
    return ((losses * w).sum(-1) / w.sum()).mean()


def cross_entropy(x, y, weights, gamma=0.0):
    """Lin et al., 2017, equation 5: -alpha_t (1 - p_t)^gamma log(p_t), mean over pixels; gamma 0 is cross-entropy."""
    if x.shape[1] == 1:
        log_p = torch.where(y == 1, F.logsigmoid(x), F.logsigmoid(-x))
        # (1 - p)^gamma through the logarithm: 1 - p would round to 0 for a saturated logit
        log_q = torch.where(y == 1, F.logsigmoid(-x), F.logsigmoid(x))
        alpha = torch.ones_like(x) if weights is None else torch.where(y == 1, weights[1], weights[0])
        return -(alpha * torch.exp(gamma * log_q) * log_p).mean()
    w = torch.ones(x.shape[1], dtype=x.dtype) if weights is None else torch.tensor(weights).to(x)
    if gamma == 0:
        return F.cross_entropy(x, y, w, reduction='sum') / y.numel()
    log_p = F.log_softmax(x, 1).gather(1, y[:, None])[:, 0]
    return -(w[y] * (1 - log_p.exp()) ** gamma * log_p).mean()


def dice(x, y, weights, over='image', squared=False):
    """1 - (2 sum p t + 1) / (sum p + sum t + 1); squared: of p² and t² (Milletari et al., 2016)."""
    p, t = one_hot(x, y)
    dims = (2,) if over == 'image' else (0, 2)
    size = (p**2 + t**2 if squared else p + t).sum(dims)
    return class_mean(1 - (2 * (p * t).sum(dims) + 1) / (size + 1), weights)


def tversky(x, y, weights, alpha=0.3, beta=0.7, over='image'):
    """Salehi et al., 2017, equation 3; numerator and denominator are doubled, then 1 is added to both."""
    p, t = one_hot(x, y)
    dims = (2,) if over == 'image' else (0, 2)
    tp, fp, fn = (p * t).sum(dims), (p * (1 - t)).sum(dims), ((1 - p) * t).sum(dims)
    return class_mean(1 - (2 * tp + 1) / (2 * tp + 2 * alpha * fp + 2 * beta * fn + 1), weights)


def lovasz_grad(sorted_truth):
    """Berman et al., 2018, algorithm 1, as the authors publish it."""
    total = sorted_truth.sum()
    intersection = total - sorted_truth.cumsum(0)
    union = total + (1 - sorted_truth).cumsum(0)
    jaccard = 1 - intersection / union
    jaccard[1:] = jaccard[1:] - jaccard[:-1].clone()
    return jaccard


def lovasz(x, y, weights):
    """Per image: the hinge of the foreground, or the softmax variant over the classes that are present."""
    losses = []
    p, t = one_hot(x, y)
    for n in range(x.shape[0]):
        if x.shape[1] == 1:
            errors = 1 - x[n].flatten() * (2 * t[n, 0] - 1)
            ordered, at = torch.sort(errors, descending=True, stable=True)
            losses.append(torch.dot(F.relu(ordered), lovasz_grad(t[n, 0][at])))
            continue
        total = weight_sum = 0
        for k in range(x.shape[1]):
            if t[n, k].sum() == 0:
                continue
            ordered, at = torch.sort((t[n, k] - p[n, k]).abs(), descending=True, stable=True)
            w = 1 if weights is None else weights[k]
            total, weight_sum = total + w * torch.dot(ordered, lovasz_grad(t[n, k][at])), weight_sum + w
        losses.append(total / weight_sum)
    return torch.stack(losses).mean()


TERMS = dict(crossEntropy=cross_entropy, dice=dice, tversky=tversky, lovasz=lovasz)


def loss_of(x, y, terms, weights):
    """The weighted sum; of one foreground class the class weights count in cross-entropy alone."""
    total = 0
    for spec in terms:
        options = {k: v for k, v in spec.items() if k not in ('term', 'weight')}
        counted = weights if x.shape[1] > 1 or spec['term'] == 'crossEntropy' else None
        total = total + spec.get('weight', 1) * TERMS[spec['term']](x, y, counted, **options)
    return total


def main():
    g = torch.Generator().manual_seed(11)
    tensors, config = {}, {}

    def case(name, terms, classes, weights=None, target=None):
        x = 2 * torch.randn(2, classes, 5, 4, generator=g, dtype=torch.float64)
        if classes == 1:
            x[0, 0, 0, 0], x[0, 0, 0, 1] = 200.0, -200.0
            y = (torch.rand(2, 1, 5, 4, generator=g) < 0.4).double()
        else:
            y = torch.randint(0, classes, (2, 5, 4), generator=g)
        if target is not None:
            y = torch.full_like(y, target)
        x.requires_grad_()
        loss = loss_of(x, y, terms, weights)
        loss.backward()
        tensors[f'{name}/logits'], tensors[f'{name}/target'] = x, y
        tensors[f'{name}/y'], tensors[f'{name}/grad_logits'] = loss.reshape(1), x.grad
        config[name] = dict(terms=terms, **({} if weights is None else dict(classWeights=weights)))

    singles = {
        'cross-entropy': dict(term='crossEntropy'),
        'focal': dict(term='crossEntropy', gamma=2),
        'focal-half': dict(term='crossEntropy', gamma=0.5),
        'dice': dict(term='dice'),
        'dice-batch': dict(term='dice', over='batch'),
        'dice-squared': dict(term='dice', squared=True),
        'dice-batch-squared': dict(term='dice', over='batch', squared=True),
        'tversky': dict(term='tversky'),
        'tversky-batch': dict(term='tversky', alpha=0.8, beta=0.1, over='batch'),
        'lovasz': dict(term='lovasz'),
    }
    for name, term in singles.items():
        case(f'{name}-1', [term], 1)
        case(f'{name}-1-empty', [term], 1, target=0)
        case(f'{name}-1-full', [term], 1, target=1)
        case(f'{name}-4', [term], 4)
        case(f'{name}-4-weighted', [term], 4, [0.5, 1, 0, 3])
        case(f'{name}-3-one-present', [term], 3, target=2)
    for name in ('cross-entropy', 'focal'):
        case(f'{name}-1-weighted', [singles[name]], 1, [0.25, 3])
    mixed = [dict(term='crossEntropy', gamma=2, weight=0.5), dict(term='dice', weight=2), dict(term='lovasz')]
    case('mixed-1', mixed, 1, [1, 4])
    case('mixed-3', mixed, 3, [1, 2, 5])
    save('losses', tensors, config)


if __name__ == '__main__':
    torch.set_num_threads(1)
    main()
